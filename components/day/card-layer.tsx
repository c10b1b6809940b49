"use client";

import { type PointerEvent, type ReactNode, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { useTranslations } from "use-intl";
import { buttonStyle } from "@/components/ui/button-style";
import type { OpenCard } from "./use-day-cells";

const WIDTH_PX = 272;
const GAP_PX = 6;
const MARGIN_PX = 8;

interface Props {
  card: OpenCard;
  id: string;
  /** Shows the rows of the day; null = it has none. The keyboard has Enter on the cell instead. */
  showRows: (() => void) | null;
  handlers: { onPointerEnter: () => void; onPointerLeave: (event: PointerEvent) => void };
  children: ReactNode;
}

/** Puts the card of a day below its cell, or above it where the window ends. */
export function CardLayer({ card, id, showRows, handlers, children }: Props) {
  const t = useTranslations("dayRows");
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState<number | null>(null);
  const { anchor } = card;

  useLayoutEffect(() => {
    const height = box.current?.offsetHeight ?? 0;
    const below = anchor.bottom + GAP_PX;
    const fits = below + height + MARGIN_PX <= window.innerHeight;
    setTop(fits ? below : Math.max(MARGIN_PX, anchor.top - GAP_PX - height));
  }, [anchor]);

  const left = Math.min(Math.max(MARGIN_PX, anchor.left - GAP_PX), window.innerWidth - WIDTH_PX - MARGIN_PX);
  return createPortal(
    <div
      ref={box}
      id={id}
      role="tooltip"
      data-day-card
      {...handlers}
      style={{ width: WIDTH_PX, left, top: top ?? anchor.bottom + GAP_PX, visibility: top === null ? "hidden" : "visible" }}
      className="fixed z-30 rounded-lg bg-bg-raised p-3 text-ink [box-shadow:var(--shadow-pop)] [font:var(--t-12)]"
    >
      {children}
      {showRows && (
        <button type="button" tabIndex={-1} onClick={showRows} className={`${buttonStyle("secondary", "sm")} mt-2.5 w-full`}>
          {t("open")}
        </button>
      )}
    </div>,
    document.body,
  );
}
