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
          actionButton:
            "ml-auto shrink-0 cursor-pointer rounded-(--r-control) border border-line-control px-2 py-1 font-medium hover:bg-bg-hover",
        },
      }}
    />
  );
}

/** Where a piece of news leads to. */
export interface ToastAction {
  label: string;
  onPress: () => void;
}

/** One short piece of news: a bold word, a quieter line, and where it leads to. */
export function notify(title: string, description?: string, action?: ToastAction): void {
  toast(title, {
    ...(description === undefined ? {} : { description }),
    ...(action ? { action: { label: action.label, onClick: action.onPress } } : {}),
  });
}
