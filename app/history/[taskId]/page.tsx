import { TaskPage } from "@/components/history/task-page";

export default async function Page({ params }: { params: Promise<{ taskId: string }> }) {
  const { taskId } = await params;
  return <TaskPage id={decodeURIComponent(taskId)} />;
}
