import type { Metadata, Viewport } from "next";
import { cookies, headers } from "next/headers";
import type { ReactNode } from "react";
import { chooseLocale, LANGUAGE_COOKIE, type Locale } from "@/components/shell/locale";
import { Providers } from "@/components/shell/providers";
import { Shell } from "@/components/shell/shell";
import { THEME_SCRIPT } from "@/components/shell/theme-script";
import en from "@/lib/text/en.json";
import zhCN from "@/lib/text/zh-CN.json";
import "./globals.css";

const MESSAGES: Record<Locale, typeof en> = { en, "zh-CN": zhCN };

export const metadata: Metadata = {
  description: "Fills a PostgreSQL market-data table day by day.",
  robots: { index: false },
};

export const viewport: Viewport = { width: "device-width", initialScale: 1 };

/** The frame of every page. Language and nonce come with the request, so pages render when they are asked for. */
export default async function Layout({ children }: { children: ReactNode }) {
  const [jar, head] = await Promise.all([cookies(), headers()]);
  const locale = chooseLocale(jar.get(LANGUAGE_COOKIE)?.value, head.get("accept-language"));
  const nonce = head.get("x-nonce") ?? undefined;
  // `api` holds sentences of REST replies; the pages never say them.
  const { api: _api, ...messages } = MESSAGES[locale];
  return (
    <html lang={locale} suppressHydrationWarning>
      <head>
        <script {...(nonce ? { nonce } : {})} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: THEME_SCRIPT }} />
      </head>
      <body>
        <Providers locale={locale} messages={messages}>
          <Shell>{children}</Shell>
        </Providers>
      </body>
    </html>
  );
}
