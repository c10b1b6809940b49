"use client";

import { useRouter } from "next/navigation";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import type { ComponentProps, ReactNode } from "react";
import { I18nProvider } from "react-aria-components/I18nProvider";
import { RouterProvider } from "react-aria-components";
import { IntlProvider } from "use-intl";
import { QueryProvider } from "@/components/data/query-provider";
import { LiveProvider } from "@/components/live/live";
import { LifeProvider } from "@/components/sync/life-provider";
import { OperatorProvider } from "@/components/sync/operator-provider";
import { StartProvider } from "@/components/sync/start-provider";
import type { Locale } from "./locale";
import { ZoneProvider } from "./zone";

interface ProvidersProps {
  locale: Locale;
  messages: NonNullable<ComponentProps<typeof IntlProvider>["messages"]>;
  children: ReactNode;
}

/** Everything the pages share: language, routing, what was read, the live socket, whose clock, who acts, and how. */
export function Providers({ locale, messages, children }: ProvidersProps) {
  const router = useRouter();
  return (
    <IntlProvider locale={locale} messages={messages} timeZone="UTC">
      <I18nProvider locale={locale}>
        <RouterProvider navigate={(path) => router.push(path)}>
          <QueryProvider>
            <LiveProvider>
              <ZoneProvider>
                <NuqsAdapter>
                  <OperatorProvider>
                    <LifeProvider>
                      <StartProvider>{children}</StartProvider>
                    </LifeProvider>
                  </OperatorProvider>
                </NuqsAdapter>
              </ZoneProvider>
            </LiveProvider>
          </QueryProvider>
        </RouterProvider>
      </I18nProvider>
    </IntlProvider>
  );
}
