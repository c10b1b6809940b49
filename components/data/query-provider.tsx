"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { shouldRetry } from "./queries";
import { askAgainMs } from "./ask-again";

/** Holds everything read over REST. Pushed events say when it is old, so nothing is read again on focus alone. */
export function QueryProvider({ children }: { children: ReactNode }) {
  const [client] = useState(
    () =>
      new QueryClient({
        defaultOptions: {
          queries: {
            staleTime: 15_000,
            retry: shouldRetry,
            refetchInterval: askAgainMs,
            refetchOnWindowFocus: false,
            networkMode: "always",
          },
          mutations: { networkMode: "always" },
        },
      }),
  );
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}
