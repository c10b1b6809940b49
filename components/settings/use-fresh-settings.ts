"use client";

import { useEffect } from "react";
import { useSettings } from "@/components/data/settings";
import { useLive } from "@/components/live/live";

/** The settings, read again as soon as an instance comes or goes, or the database does. */
export function useFreshSettings() {
  const read = useSettings();
  const { refetch } = read;
  const { state } = useLive();
  const moved = state ? `${state.database.ok} ${state.instances.map((instance) => instance.id).join(" ")}` : null;
  useEffect(() => {
    if (moved !== null) void refetch();
  }, [moved, refetch]);
  return read;
}
