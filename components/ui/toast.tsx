"use client";

import { Toaster as SonnerToaster, toast } from "sonner";

/** Where short news appear. `dir` and colours come from the page. */
export function Toaster({ label }: { label: string }) {
  return (
    <SonnerToaster
      position="bottom-right"
      containerAriaLabel={label}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast: "flex w-full items-start gap-3 rounded-lg bg-bg-raised p-3 text-ink shadow-(--shadow-pop) [font:var(--t-13)]",
          title: "font-semibold",
          description: "text-ink-2",
        },
      }}
    />
  );
}

/** One short piece of news: a bold word and a quieter line. */
export function notify(title: string, description?: string): void {
  toast(title, description === undefined ? {} : { description });
}
