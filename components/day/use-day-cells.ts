"use client";

import { type KeyboardEvent, type PointerEvent, useCallback, useEffect, useRef, useState } from "react";
import type { Day } from "@/lib/contract/day";

/** The card of a day and the cell it belongs to. */
export interface OpenCard {
  date: Day;
  anchor: DOMRect;
}

/** How long the pointer may be between cell and card before the card closes. */
const LEAVE_MS = 140;

/** Where an arrow key leads from a day; null = stay. */
export type Neighbour = (from: Day, key: string) => Day | null;

const ARROWS = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"]);

/**
 * Cells of days as one tab stop with roving focus, and one card for all of them. Cells carry `data-day`; the handlers sit on
 * the container, so that hundreds of cells cost nothing. The card opens on hover, on tap and on keyboard focus, can be
 * hovered itself, and closes on Escape.
 */
export function useDayCells(days: readonly Day[], neighbour: Neighbour) {
  const container = useRef<HTMLDivElement>(null);
  const [focused, setFocused] = useState<Day | null>(null);
  const [card, setCard] = useState<OpenCard | null>(null);
  const leaving = useRef<ReturnType<typeof setTimeout> | null>(null);

  const keep = useCallback(() => {
    if (leaving.current) clearTimeout(leaving.current);
    leaving.current = null;
  }, []);
  const close = useCallback(() => {
    keep();
    setCard(null);
  }, [keep]);
  const leave = useCallback(() => {
    keep();
    leaving.current = setTimeout(() => setCard(null), LEAVE_MS);
  }, [keep]);
  const open = useCallback(
    (cell: HTMLElement) => {
      keep();
      setCard({ date: cell.dataset["day"] as Day, anchor: cell.getBoundingClientRect() });
    },
    [keep],
  );

  useEffect(() => keep, [keep]);
  useEffect(() => {
    if (!card) return undefined;
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (event.key === "Escape") close();
    };
    window.addEventListener("keydown", onKey);
    window.addEventListener("scroll", close, { passive: true, capture: true });
    window.addEventListener("pointerdown", close);
    return () => {
      window.removeEventListener("keydown", onKey);
      window.removeEventListener("scroll", close, { capture: true });
      window.removeEventListener("pointerdown", close);
    };
  }, [card, close]);

  // The tab stop stays where the operator left it; at first it is the last day.
  const tabStop = focused && days.includes(focused) ? focused : (days.at(-1) ?? null);

  return {
    tabStop,
    card,
    cardHandlers: { onPointerEnter: keep, onPointerLeave: leave },
    handlers: {
      ref: container,
      onPointerOver: (event: PointerEvent) => {
        const cell = cellOf(event.target);
        if (cell) open(cell);
      },
      onPointerLeave: leave,
      onFocus: (event: { target: EventTarget }) => {
        const cell = cellOf(event.target);
        if (!cell) return;
        setFocused(cell.dataset["day"] as Day);
        if (cell.matches(":focus-visible")) open(cell);
      },
      onBlur: leave,
      onKeyDown: (event: KeyboardEvent) => {
        const cell = cellOf(event.target);
        if (!cell || !ARROWS.has(event.key)) return;
        event.preventDefault();
        const from = cell.dataset["day"] as Day;
        const to = event.key === "Home" ? days[0] : event.key === "End" ? days.at(-1) : neighbour(from, event.key);
        if (to) container.current?.querySelector<HTMLElement>(`[data-day="${to}"]`)?.focus();
      },
    },
  };
}

function cellOf(target: EventTarget): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>("[data-day]") : null;
}
