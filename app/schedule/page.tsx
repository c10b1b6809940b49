import { SchedulePage } from "@/components/schedule/schedule-page";

export default function Page() {
  return <SchedulePage />;
}
