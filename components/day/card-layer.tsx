"use client";

import { type ReactNode, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import type { OpenCard } from "./use-day-cells";

const WIDTH_PX = 272;
const GAP_PX = 6;
const MARGIN_PX = 8;

interface Props {
  card: OpenCard;
  id: string;
  handlers: { onPointerEnter: () => void; onPointerLeave: () => void };
  children: ReactNode;
}

/** Puts the card of a day below its cell, or above it where the window ends. */
export function CardLayer({ card, id, handlers, children }: Props) {
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
      {...handlers}
      style={{ width: WIDTH_PX, left, top: top ?? anchor.bottom + GAP_PX, visibility: top === null ? "hidden" : "visible" }}
      className="fixed z-30 rounded-lg bg-bg-raised p-3 text-ink [box-shadow:var(--shadow-pop)] [font:var(--t-12)]"
    >
      {children}
    </div>,
    document.body,
  );
}
