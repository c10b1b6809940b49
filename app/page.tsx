import { SixtyDays } from "@/components/coverage/sixty-days";
import { ActivityPanel } from "@/components/progress/activity-panel";
import { AttentionPanel } from "@/components/progress/attention-panel";
import { NowPanel } from "@/components/progress/now-panel";
import { ConsolePage } from "@/components/sync/console-page";

export default function Page() {
  return <ConsolePage now={<NowPanel />} attention={<AttentionPanel />} coverage={<SixtyDays />} activity={<ActivityPanel />} />;
}
