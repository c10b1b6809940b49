import { describe, expect, test } from "vitest";
import { eachDay } from "@/lib/contract/day";
import { calendarOf } from "@/server/calendars/registry";
import { aCalendar } from "../support/builders";
import { aSchedule, at, aWorld, HOUR_MS, MINUTE_MS } from "./bench";

const FRIDAY_NOON = "2026-03-06T12:00:00+08:00";

describe("when a fire is due", () => {
  test("the daily one syncs today at its time, like the button and in nobody's name", async () => {
    const { aScheduler, started, until, fires } = aWorld({ now: FRIDAY_NOON });
    aScheduler().open();
    await until("2026-03-06T19:59:50+08:00");
    expect(started).toEqual([]);
    await until("2026-03-06T20:00:30+08:00");
    expect(started).toMatchObject([
      {
        key: { schedule_id: "daily", local_date: "2026-03-06" },
        request: {
          task_type: "scheduler_daily",
          start_date: "2026-03-06",
          end_date: "2026-03-06",
          force: false,
          started_by: null,
        },
      },
    ]);
    await until("2026-03-07T19:00:00+08:00");
    expect(fires()).toEqual(["2026-03-06 started"]);
  });

  test("on a closed day the daily one leaves a row and no task", async () => {
    const { aScheduler, started, until, fires } = aWorld({ now: FRIDAY_NOON, calendar: aCalendar(["2026-03-09"]) });
    aScheduler().open();
    await until("2026-03-09T21:00:00+08:00");
    expect(started).toHaveLength(1);
    expect(fires()).toEqual(["2026-03-06 started", "2026-03-07 closed_day", "2026-03-08 closed_day", "2026-03-09 closed_day"]);
  });

  test("the morning one fills exactly the gaps, also on a weekend, and says so where there is none", async () => {
    const { aScheduler, started, until, fires, world } = aWorld({
      now: FRIDAY_NOON,
      schedules: [aSchedule("fill_missing", { active_since_ms: at(FRIDAY_NOON) })],
    });
    aScheduler().open();
    world.gaps = ["2026-02-24", "2026-03-02"];
    await until("2026-03-07T08:01:00+08:00");
    expect(started).toMatchObject([
      { request: { task_type: "scheduler_missing", start_date: "2026-02-24", end_date: "2026-03-02", days: world.gaps } },
    ]);
    world.gaps = [];
    await until("2026-03-08T08:01:00+08:00");
    expect(started).toHaveLength(1);
    expect(fires("fill_missing")).toEqual(["2026-03-07 started", "2026-03-08 nothing_missing"]);
  });

  test("three instances make one task of it", async () => {
    const { aScheduler, started, until } = aWorld({ now: FRIDAY_NOON });
    for (const scheduler of [aScheduler(), aScheduler(), aScheduler()]) scheduler.open();
    await until("2026-03-06T20:01:00+08:00");
    expect(started).toHaveLength(1);
  });

  test.each([
    ["2026-03-07", "2026-03-09"],
    ["2026-10-31", "2026-11-02"],
  ] as const)(
    "New York changes its clocks between %s and %s, and every day fires once at eight in the evening",
    async (from, to) => {
      const everyDayOpen = { ...calendarOf("XNYS"), closedReason: () => null };
      const { aScheduler, started, clock } = aWorld({ now: `${from}T05:00:00Z`, calendar: everyDayOpen });
      aScheduler().open();
      await clock.advance(3 * 24 * HOUR_MS);
      expect(started.map(({ key }) => key.local_date)).toEqual(eachDay(from, to));
      const shown = started.map(({ key }) =>
        new Date(key.at_ms).toLocaleTimeString("en-GB", { timeZone: "America/New_York", timeStyle: "short" }),
      );
      expect(new Set(shown)).toEqual(new Set(["20:00"]));
    },
  );
});

describe("while another sync runs", () => {
  test("the fire queues right behind it", async () => {
    const { aScheduler, started, until, fires, world } = aWorld({ now: FRIDAY_NOON });
    aScheduler().open();
    world.busy = true;
    await until("2026-03-06T20:01:00+08:00");
    expect(started).toMatchObject([{ request: { if_busy: "queue", priority: 5 } }]);
    expect(fires()).toEqual(["2026-03-06 queued"]);
  });

  test("told to skip, it leaves a row that says so and does not come back", async () => {
    const { aScheduler, started, until, fires, world } = aWorld({ now: FRIDAY_NOON });
    aScheduler({ ifBusy: "skip" }).open();
    world.busy = true;
    await until("2026-03-06T20:01:00+08:00");
    world.busy = false;
    await until("2026-03-06T23:00:00+08:00");
    expect(started).toEqual([]);
    expect(fires()).toEqual(["2026-03-06 skipped_busy"]);
  });
});

describe("after downtime and jumps", () => {
  test("five hours late the fire is made up for, past midnight for the day it was meant for", async () => {
    const { aScheduler, started, clock } = aWorld({
      now: "2026-03-07T01:00:00+08:00",
      schedules: [aSchedule("daily", { active_since_ms: at(FRIDAY_NOON) })],
    });
    aScheduler().open();
    await clock.advance(MINUTE_MS);
    expect(started).toMatchObject([{ request: { start_date: "2026-03-06", end_date: "2026-03-06" } }]);
  });

  test("later than six hours it is missed, day by day, and nothing starts", async () => {
    const { aScheduler, started, clock, fires } = aWorld({
      now: "2026-03-09T12:00:00+08:00",
      schedules: [aSchedule("daily", { active_since_ms: at(FRIDAY_NOON) })],
    });
    aScheduler().open();
    await clock.advance(MINUTE_MS);
    expect(started).toEqual([]);
    expect(fires()).toEqual(["2026-03-06 missed", "2026-03-07 missed", "2026-03-08 missed"]);
  });

  test("a clock set back after the fire does not fire again", async () => {
    const { aScheduler, started, clock, until } = aWorld({ now: FRIDAY_NOON });
    aScheduler().open();
    await until("2026-03-06T20:01:00+08:00");
    clock.setWall(at("2026-03-06T19:30:00+08:00"));
    await until("2026-03-06T22:00:00+08:00");
    expect(started).toHaveLength(1);
  });

  test("a clock that jumps over the moment fires at the next look", async () => {
    const { aScheduler, started, clock } = aWorld({ now: "2026-03-06T19:00:00+08:00" });
    aScheduler().open();
    await clock.advance(MINUTE_MS);
    clock.setWall(at("2026-03-06T21:30:00+08:00"));
    await clock.advance(MINUTE_MS / 2);
    expect(started).toHaveLength(1);
  });

  test("a database that is away costs nothing but the delay", async () => {
    const { aScheduler, started, until, world } = aWorld({ now: FRIDAY_NOON });
    const scheduler = aScheduler();
    scheduler.open();
    world.away = true;
    await until("2026-03-06T20:10:00+08:00");
    expect(scheduler.log.lines.at(-1)).toMatchObject({ level: "warn", message: "could not look for due schedules" });
    world.away = false;
    await until("2026-03-06T20:11:00+08:00");
    expect(started).toHaveLength(1);
  });

  test("stopped, it looks no more", async () => {
    const { aScheduler, started, clock } = aWorld({ now: FRIDAY_NOON });
    const scheduler = aScheduler();
    scheduler.open();
    await clock.advance(MINUTE_MS);
    await scheduler.stop();
    expect(clock.sleeping()).toBe(0);
    await clock.advance(12 * HOUR_MS);
    await scheduler.lookAfresh();
    expect(started).toEqual([]);
  });
});

describe("a day that is not published yet", () => {
  test("is asked for again every half hour until midnight, one task after the other", async () => {
    const { aScheduler, started, clock, until, endUnpublished, settle } = aWorld({ now: "2026-03-06T19:59:00+08:00" });
    for (const scheduler of [aScheduler(), aScheduler()]) scheduler.open();
    await until("2026-03-06T20:00:30+08:00");
    for (let turn = 1; turn <= 12; turn += 1) {
      // The task runs at its hour and finds nothing.
      const { key } = started.at(-1) as (typeof started)[number];
      if (key.again) await clock.advance(Math.max(0, key.again.not_before_ms - clock.now()));
      if (started.length < turn) break;
      endUnpublished("daily");
      await clock.advance(MINUTE_MS);
      await settle();
    }
    expect(started.map(({ key }) => key.again?.after ?? null)).toEqual([
      null,
      ...Array.from({ length: 7 }, (_, index) => `task-${index + 1}`),
    ]);
    const last = started.at(-1)?.key.again?.not_before_ms as number;
    expect(last).toBeGreaterThan(at("2026-03-06T23:25:00+08:00"));
    expect(last).toBeLessThan(at("2026-03-07T00:00:00+08:00"));
  });

  test("is left to the morning once midnight has come", async () => {
    const { aScheduler, started, until, endUnpublished } = aWorld({ now: "2026-03-06T19:59:00+08:00" });
    const scheduler = aScheduler();
    scheduler.open();
    await until("2026-03-06T20:00:30+08:00");
    await scheduler.stop();
    endUnpublished("daily");
    await until("2026-03-07T00:30:00+08:00");
    aScheduler().open();
    await until("2026-03-07T01:00:00+08:00");
    expect(started).toHaveLength(1);
  });
});

describe("changes", () => {
  test("moved to later today, it fires at the new time and not at the old one", async () => {
    const { aScheduler, store, started, clock, until } = aWorld({ now: FRIDAY_NOON });
    aScheduler().open();
    await store.change("daily", { time: "21:30" }, "Li Lei", clock.now());
    await until("2026-03-06T21:00:00+08:00");
    expect(started).toEqual([]);
    await until("2026-03-06T21:31:00+08:00");
    expect(started).toHaveLength(1);
  });

  test("moved to a time of today that is over, it fires tomorrow", async () => {
    const { aScheduler, store, fires, clock, until } = aWorld({ now: "2026-03-05T12:00:00+08:00" });
    aScheduler().open();
    await store.change("daily", { time: "10:00" }, null, clock.now());
    await until("2026-03-06T09:59:00+08:00");
    expect(fires()).toEqual([]);
    await until("2026-03-06T10:01:00+08:00");
    expect(fires()).toEqual(["2026-03-06 started"]);
  });

  test("moved after it fired, it does not fire twice on one day", async () => {
    const { aScheduler, store, fires, clock, until } = aWorld({ now: FRIDAY_NOON });
    aScheduler().open();
    await until("2026-03-06T20:01:00+08:00");
    await store.change("daily", { time: "22:00" }, null, clock.now());
    await until("2026-03-06T23:00:00+08:00");
    expect(fires()).toEqual(["2026-03-06 started"]);
  });

  test("switched off it does not fire, and switched on again it makes nothing up", async () => {
    const { aScheduler, store, fires, clock, until } = aWorld({ now: FRIDAY_NOON });
    aScheduler().open();
    await store.change("daily", { enabled: false }, null, clock.now());
    await until("2026-03-06T21:00:00+08:00");
    await store.change("daily", { enabled: true }, null, clock.now());
    await until("2026-03-07T19:00:00+08:00");
    expect(fires()).toEqual([]);
  });

  test("watchers are told of fires and changes, and of nothing else", async () => {
    const { aScheduler, store, clock, until, world } = aWorld({ now: FRIDAY_NOON });
    aScheduler().open();
    await until("2026-03-06T19:00:00+08:00");
    expect(world.hints).toBe(0);
    await store.change("daily", { time: "19:30" }, null, clock.now());
    await clock.advance(MINUTE_MS);
    expect(world.hints).toBe(1);
    await until("2026-03-06T20:00:00+08:00");
    expect(world.hints).toBe(2);
  });
});

describe("held", () => {
  test("the sample market is never scheduled, and nothing is made up for when it goes", async () => {
    const { aScheduler, fires, until, world } = aWorld({ now: FRIDAY_NOON });
    aScheduler({ sample: true }).open();
    await until("2026-03-06T21:00:00+08:00");
    expect(fires()).toEqual([]);
    expect(world.held).toBeGreaterThan(0);
  });

  test("SCHEDULE_ENABLED=false starts nothing and leaves the fire to other instances", async () => {
    const { aScheduler, fires, until, world } = aWorld({ now: FRIDAY_NOON });
    aScheduler({ enabled: false }).open();
    await until("2026-03-06T20:30:00+08:00");
    expect(fires()).toEqual([]);
    expect(world.held).toBe(0);
    aScheduler().open();
    await until("2026-03-06T20:31:00+08:00");
    expect(fires()).toEqual(["2026-03-06 started"]);
  });
});
