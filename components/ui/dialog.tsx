"use client";

import clsx from "clsx";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Dialog as AriaDialog } from "react-aria-components/Dialog";
import { Heading } from "react-aria-components/Heading";
import { Modal, ModalOverlay } from "react-aria-components/Modal";
import { IconButton } from "./icon-button";

const WIDTHS = { sm: "max-w-[400px]", md: "max-w-[560px]", lg: "max-w-[980px]" } as const;

export interface DialogProps {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  /** One line under the title. */
  subtitle?: ReactNode;
  closeLabel: string;
  /** The buttons, the primary one last: on phones it comes first. */
  actions?: ReactNode;
  /** A quiet button apart from the others: at the left, on phones below them. */
  aside?: ReactNode;
  children?: ReactNode;
  /** `lg` is for tables. */
  width?: keyof typeof WIDTHS;
}

/** A modal dialog; a sheet from below on phones. Escape and a press outside close it, focus returns to where it was. */
export function Dialog({ isOpen, onClose, title, subtitle, closeLabel, actions, aside, children, width = "md" }: DialogProps) {
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => (open ? undefined : onClose())}
      isDismissable
      className="fixed inset-0 z-40 grid place-items-center overflow-y-auto bg-scrim p-4 max-sm:place-items-end max-sm:p-0"
    >
      <Modal
        className={clsx(
          "w-full rounded-(--r-overlay) bg-bg-raised shadow-(--shadow-dialog) max-sm:max-w-none max-sm:rounded-b-none",
          WIDTHS[width],
        )}
      >
        <AriaDialog className="outline-none">
          <header className="flex items-start gap-3 px-6 pt-5 max-sm:px-4">
            <div className="min-w-0 flex-1">
              <Heading slot="title" className="[font:var(--t-18)] tracking-[-.01em]">
                {title}
              </Heading>
              {subtitle ? <p className="text-ink-2">{subtitle}</p> : null}
            </div>
            <IconButton label={closeLabel} onPress={onClose}>
              <X size={16} strokeWidth={1.75} />
            </IconButton>
          </header>
          <div className="px-6 max-sm:px-4">{children}</div>
          {actions ? (
            <footer className="mt-5 flex flex-wrap items-center justify-end gap-2 border-t border-line px-6 py-4 max-sm:flex-col-reverse max-sm:px-4 max-sm:*:w-full">
              {aside ? <div className="mr-auto -ml-3 max-sm:mr-0 max-sm:ml-0 max-sm:*:w-full">{aside}</div> : null}
              {actions}
            </footer>
          ) : (
            <div className="h-6" />
          )}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
