import fc from "fast-check";
import { addDays } from "@/lib/contract/day";
import type { Ask } from "@/test/support/ask";
import type { Machine } from "./stand";

type Harm = "kill" | "stop" | "freeze" | "blackhole" | "stall" | "cut";

/** What befalls three instances in a bad night; `at` is the instance, `whom` chooses among the tasks there are. */
export type Misfortune =
  | { do: "start"; at: number; offset: number; length: number; wait: boolean; force: boolean }
  | { do: "cancel" | "pause" | "resume" | "retry"; at: number; whom: number }
  | { do: Harm; at: number; toHolder: boolean; ms: number }
  | { do: "terminate"; count: number }
  | { do: "lock"; ms: number }
  | { do: "nothing"; ms: number };

const at = fc.nat({ max: 2 });

/** Mostly people who press buttons; and every few seconds something breaks. */
export const aMisfortune = (ttlMs: number): fc.Arbitrary<Misfortune> => {
  const ms = fc.integer({ min: 200, max: Math.round(ttlMs * 1.6) });
  return fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({
        do: fc.constant("start"),
        at,
        offset: fc.nat({ max: 200 }),
        length: fc.integer({ min: 1, max: 90 }),
        wait: fc.boolean(),
        force: fc.boolean(),
      }),
    },
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constantFrom("cancel", "pause", "resume", "resume", "retry"),
        at,
        whom: fc.nat({ max: 5 }),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constantFrom<Harm[]>("kill", "kill", "stop", "freeze", "blackhole", "stall", "cut"),
        at,
        toHolder: fc.boolean(),
        ms,
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("terminate"), count: fc.integer({ min: 1, max: 6 }) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("lock"), ms }) },
    { weight: 8, arbitrary: fc.record({ do: fc.constant("nothing"), ms: fc.nat({ max: 1_500 }) }) },
  );
};

const later = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Lets it happen. What takes its time goes on beside the next ones: `lasting` settles when it is over and mended. */
export async function befall(
  misfortune: Misfortune,
  machines: readonly Machine[],
  ask: Ask,
): Promise<{ lasting: Promise<unknown> }> {
  const over = { lasting: Promise.resolve() };
  const machine = "at" in misfortune ? (machines[misfortune.at] as Machine) : null;
  switch (misfortune.do) {
    case "nothing":
      await later(misfortune.ms);
      return over;
    case "start": {
      const start_date = addDays("2024-01-02", misfortune.offset);
      const end_date = addDays(start_date, misfortune.length - 1);
      const if_busy = misfortune.wait ? "queue" : "reject";
      // Whoever presses a button does not wait for an instance that stands still.
      return { lasting: press(machine, "/sync/batch", { start_date, end_date, if_busy, force: misfortune.force }) };
    }
    case "cancel":
    case "pause":
    case "resume":
    case "retry": {
      const rows = await ask("SELECT task_id FROM sync_task ORDER BY finished_at IS NOT NULL, ordinal DESC LIMIT 6");
      const taskId = rows[misfortune.whom % Math.max(1, rows.length)]?.["task_id"];
      if (!taskId) return over;
      const body = misfortune.do === "retry" ? { only: "unfinished" } : {};
      return { lasting: press(machine, `/sync/batch/${taskId as string}/${misfortune.do}`, body) };
    }
    case "terminate":
      await ask(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'dayfill:%' AND datname = current_database() ORDER BY random() LIMIT ${misfortune.count}`,
      );
      return over;
    case "lock":
      await ask("BEGIN; LOCK TABLE daily_stock_data IN ACCESS EXCLUSIVE MODE");
      await later(misfortune.ms);
      await ask("ROLLBACK");
      return over;
    default:
      return { lasting: harm((misfortune.toHolder && (await holderAmong(machines, ask))) || (machine as Machine), misfortune) };
  }
}

/** Who holds the lease: an instance without a port of its own choice is named after its process. */
async function holderAmong(machines: readonly Machine[], ask: Ask): Promise<Machine | undefined> {
  const [lease] = await ask("SELECT holder_info ->> 'name' AS name FROM sync_lease WHERE holder IS NOT NULL");
  const pid = String(lease?.["name"]).split(":").at(-1);
  return machines.find((machine) => machine.isWell() && String(machine.process().pid) === pid);
}

async function press(machine: Machine | null, path: string, body: object): Promise<void> {
  await machine?.call(path, body, "POST");
}

async function harm(
  machine: Machine,
  { do: how, ms }: Extract<Misfortune, { do: "kill" | "stop" | "freeze" | "blackhole" | "stall" | "cut" }>,
) {
  if (!machine.isWell()) return;
  switch (how) {
    case "kill":
      await machine.kill();
      await later(ms);
      return machine.start();
    case "stop":
      await machine.stop();
      return machine.start();
    case "freeze":
      machine.freeze();
      await later(ms);
      return machine.thaw();
    default:
      return machine.sever(how, ms);
  }
}
