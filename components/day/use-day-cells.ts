"use client";

import { type KeyboardEvent, type MouseEvent, type PointerEvent, useCallback, useEffect, useRef, useState } from "react";
import type { Day } from "@/lib/contract/day";

/** The card of a day and the cell it belongs to. */
export interface OpenCard {
  date: Day;
  anchor: DOMRect;
}

/** How long the pointer may be between cell and card before the card closes. */
const LEAVE_MS = 140;

/** The way from a cell to the rows of its day. */
export interface RowsOfDay {
  /** Whether the table holds rows of it. */
  isHeld(date: Day): boolean;
  show(date: Day): void;
}

/** Where an arrow key leads from a day; null = stay. */
export type Neighbour = (from: Day, key: string) => Day | null;

const PRESSES = new Set(["Enter", " "]);
const ARROWS = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"]);

/**
 * Cells of days as one tab stop with roving focus, and one card for all of them. Cells carry `data-day`; the handlers sit on
 * the container, so that hundreds of cells cost nothing. The card opens on hover, on tap and on keyboard focus, can be
 * hovered itself, and closes on Escape. A click or Enter shows the rows of the day; a tap, which
 * has no hovering, leaves that to the card.
 */
export function useDayCells(days: readonly Day[], neighbour: Neighbour, rows: RowsOfDay) {
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

  const showRows = (date: Day) => {
    if (!rows.isHeld(date)) return;
    close();
    rows.show(date);
  };

  const leaveHovering = (event: PointerEvent) => {
    if (isHovering(event)) leave();
  };

  useEffect(() => keep, [keep]);
  useEffect(() => {
    if (!card) return undefined;
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (event.key === "Escape") close();
    };
    window.addEventListener("keydown", onKey);
    const onPress = (event: globalThis.PointerEvent) => {
      if (!(event.target instanceof Element && event.target.closest("[data-day-card]"))) close();
    };
    window.addEventListener("scroll", close, { passive: true, capture: true });
    window.addEventListener("pointerdown", onPress);
    return () => {
      window.removeEventListener("keydown", onKey);
      window.removeEventListener("scroll", close, { capture: true });
      window.removeEventListener("pointerdown", onPress);
    };
  }, [card, close]);

  // The tab stop stays where the operator left it; at first it is the last day.
  const tabStop = focused && days.includes(focused) ? focused : (days.at(-1) ?? null);

  return {
    tabStop,
    card,
    /** For the card of a day with rows; null = there are none. */
    showRows: card && rows.isHeld(card.date) ? () => showRows(card.date) : null,
    cardHandlers: { onPointerEnter: keep, onPointerLeave: leaveHovering },
    handlers: {
      ref: container,
      onPointerOver: (event: PointerEvent) => {
        const cell = cellOf(event.target);
        if (cell && isHovering(event)) open(cell);
      },
      onPointerLeave: leaveHovering,
      onFocus: (event: { target: EventTarget }) => {
        const cell = cellOf(event.target);
        if (!cell) return;
        setFocused(cell.dataset["day"] as Day);
        if (cell.matches(":focus-visible")) open(cell);
      },
      onBlur: leave,
      onClick: (event: MouseEvent) => {
        const cell = cellOf(event.target);
        if (!cell) return;
        if (isHovering(event.nativeEvent as globalThis.PointerEvent)) showRows(cell.dataset["day"] as Day);
        else open(cell);
      },
      onKeyDown: (event: KeyboardEvent) => {
        const cell = cellOf(event.target);
        if (!cell || !(ARROWS.has(event.key) || PRESSES.has(event.key))) return;
        event.preventDefault();
        if (PRESSES.has(event.key)) return showRows(cell.dataset["day"] as Day);
        const from = cell.dataset["day"] as Day;
        const to = event.key === "Home" ? days[0] : event.key === "End" ? days.at(-1) : neighbour(from, event.key);
        if (to) container.current?.querySelector<HTMLElement>(`[data-day="${to}"]`)?.focus();
      },
    },
  };
}

/** A finger does not hover: it "leaves" with the end of its tap. */
function isHovering({ pointerType }: { pointerType: string }): boolean {
  return pointerType !== "touch";
}

function cellOf(target: EventTarget): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>("[data-day]") : null;
}
