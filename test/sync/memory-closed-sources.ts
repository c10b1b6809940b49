import type { SystemPause } from "@/server/sync/errors";
import type { SourceIdentity } from "@/server/sync/source-ports";

/** What sources said of themselves as a whole, by the rules of the table. */
export function memoryClosedSources(now: () => number) {
  const said = new Map<string, SystemPause & { account: string | undefined }>();
  return {
    read({ name, account }: SourceIdentity): SystemPause | null {
      const known = said.get(name);
      if (!known || known.resumeMs <= now()) return null;
      if (known.reason !== "banned" && known.account !== undefined && known.account !== account) return null;
      const { account: _account, ...pause } = known;
      return pause;
    },
    keep({ name, account }: SourceIdentity, { reason, detail, resumeMs }: SystemPause): void {
      said.set(name, { reason, detail, resumeMs, account });
    },
    forget: (name: string) => void said.delete(name),
  };
}

export type MemoryClosedSources = ReturnType<typeof memoryClosedSources>;
