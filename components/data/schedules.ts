"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Replies } from "@/lib/contract/routes";
import { type Schedule, SCHEDULE_TASK, type ScheduleChange, type ScheduleId } from "@/lib/contract/schedule";
import type { TaskSummary } from "@/lib/contract/task";
import { call } from "./api";
import { keys } from "./keys";
import { makeOld } from "./make-old";
import { operatorHeader } from "./operator";
import { useTasks } from "./queries";

/** Tasks of a schedule that are read at once: its last fourteen fires, and room for those that were run by hand. */
const TASKS_READ = 50;

const READ_EVERY_MS = 60_000;

/** Both schedules. An event says when they are old; a minute's look covers a deaf line. */
export function useSchedules() {
  return useQuery({
    queryKey: keys.schedules,
    queryFn: ({ signal }) => call<Replies["GET /schedules"]>("GET", "/schedules", { signal }),
    refetchInterval: READ_EVERY_MS,
    refetchOnWindowFocus: true,
  });
}

/** Fires that are read at once: some three months of both schedules. */
const FIRES_READ = 200;

/** The last fires of both schedules, whatever became of them. */
export function useFires(enabled: boolean) {
  return useQuery({
    queryKey: [...keys.schedules, "fires"],
    queryFn: ({ signal }) =>
      call<Replies["GET /schedules/fires"]>("GET", "/schedules/fires", { query: { limit: FIRES_READ }, signal }),
    enabled,
    refetchInterval: READ_EVERY_MS,
    refetchOnWindowFocus: true,
  });
}

/** Changes the time of a schedule or switches it on or off, under the operator's name. */
export function useChangeSchedule() {
  const queries = useQueryClient();
  return useMutation<Schedule, Error, { id: ScheduleId; change: ScheduleChange; operator: string }>({
    mutationFn: ({ id, change, operator }) =>
      call<Replies["PUT /schedules/:id"]>("PUT", `/schedules/${id}`, {
        body: change,
        headers: operatorHeader(operator),
      }),
    onSuccess: (changed) => {
      // An answer under way knows nothing of it, and would turn the page back for a moment.
      void queries.cancelQueries({ queryKey: keys.schedules, exact: true });
      queries.setQueryData<Schedule[]>(keys.schedules, (held) => held?.map((each) => (each.id === changed.id ? changed : each)));
      // Somebody else may have changed it since.
      makeOld(queries, { queryKey: keys.schedules });
    },
    retry: false,
  });
}

/** The tasks that a schedule started, by their id: what became of its fires. */
export function useTasksOfSchedule(id: ScheduleId): ReadonlyMap<string, TaskSummary> {
  const tasks = useTasks({ type: SCHEDULE_TASK[id], limit: TASKS_READ }).data?.tasks ?? [];
  return new Map(tasks.map((task) => [task.task_id, task]));
}
