import clsx from "clsx";

/** The place of something that loads; give it the size of what will come. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <span
      aria-hidden
      className={clsx("block animate-pulse rounded-sm bg-bg-hover motion-reduce:animate-none", className ?? "h-4 w-full")}
    />
  );
}
