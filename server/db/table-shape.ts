import type pg from "pg";
import { COLUMNS } from "@/server/sync/rows/row";

/** A column of `daily_stock_data` as the catalog knows it. */
export interface TableColumn {
  name: string;
  /** Name of the type without its limits; of a domain, the type beneath. */
  type: string;
  required: boolean;
  /** A row that leaves it out gets a value: a default or an identity. */
  filled: boolean;
  generated: boolean;
  readable: boolean;
  writable: boolean;
  /** Sequence of its default that this role may not use. */
  locked_sequence: string | null;
}

/** What the table is like: one of ours, or an existing one. */
export interface TableShape {
  /** With its schema, fit for SQL. */
  name: string;
  role: string;
  /** A table, not a view. */
  is_table: boolean;
  /** Row security holds for this role: COPY is not possible then. */
  row_security: boolean;
  deletable: boolean;
  columns: TableColumn[];
  /** A whole B-tree index begins with the date; without one every day costs a walk through the whole table. */
  date_index: boolean;
}

const SHAPE = `SELECT c.oid::regclass::text AS name, current_user AS role, c.relkind IN ('r', 'p') AS is_table,
    row_security_active(c.oid) AS row_security, has_table_privilege(c.oid, 'DELETE') AS deletable,
    EXISTS (SELECT 1 FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam
                     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
             WHERE i.indrelid = c.oid AND i.indisvalid AND i.indpred IS NULL AND m.amname = 'btree' AND a.attname = 'trade_date') AS date_index,
    (SELECT jsonb_agg(jsonb_build_object(
        'name', a.attname, 'type', format_type(coalesce(nullif(t.typbasetype, 0), a.atttypid), NULL), 'required', a.attnotnull,
        'filled', a.atthasdef OR a.attidentity <> '', 'generated', a.attgenerated <> '',
        'readable', has_column_privilege(c.oid, a.attnum, 'SELECT'), 'writable', has_column_privilege(c.oid, a.attnum, 'INSERT'),
        'locked_sequence', (SELECT min(s.oid::regclass::text) FROM pg_attrdef d
            JOIN pg_depend p ON p.classid = 'pg_attrdef'::regclass AND p.objid = d.oid AND p.refclassid = 'pg_class'::regclass
            JOIN pg_class s ON s.oid = p.refobjid
           WHERE d.adrelid = c.oid AND d.adnum = a.attnum AND CASE s.relkind WHEN 'S' THEN NOT has_sequence_privilege(s.oid, 'USAGE') END)) ORDER BY a.attnum)
       FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
  FROM pg_class c WHERE c.oid = to_regclass('daily_stock_data')`;

/** Looks the table up where the role's search path leads; nothing of it is read but the catalog. */
export async function readTableShape(pool: pg.Pool): Promise<TableShape> {
  const { rows } = await pool.query<TableShape>(SHAPE);
  if (!rows[0]) {
    throw new Error(
      "The table daily_stock_data is gone. Restore it, or drop the tables whose names begin with sync_ so that all are made anew.",
    );
  }
  return rows[0];
}

const NUMBERS = ["numeric", "double precision", "real"];
const WHOLE_NUMBERS = [...NUMBERS, "bigint", "integer"];
const TEXTS = ["text", "character varying", "character"];
const TYPES: Partial<Record<string, string[]>> = {
  stock_code: TEXTS,
  stock_name: TEXTS,
  trade_date: ["date"],
  volume: WHOLE_NUMBERS,
};

/** Everything that keeps the table from being filled, each with what to do. Empty = it is fit. */
export function faultsOf(shape: TableShape): string[] {
  const { name } = shape;
  if (!shape.is_table) return [`${name} is not a table. Point DATABASE_URL to the database that holds the table itself`];
  return [...columnFaults(shape), ...strangerFaults(shape), ...missingRights(shape)];
}

function columnFaults({ name, columns }: TableShape): string[] {
  return COLUMNS.flatMap((wanted) => {
    const column = columns.find((each) => each.name === wanted);
    const types = TYPES[wanted] ?? NUMBERS;
    if (!column) return [`its column ${wanted} is missing: ALTER TABLE ${name} ADD COLUMN ${wanted} ${types[0]}`];
    if (column.generated) return [`its column ${wanted} is computed by the table; Dayfill writes it: make it an ordinary column`];
    if (types.includes(column.type)) return [];
    return [
      `its column ${wanted} is of type ${column.type}, expected ${types.join(" or ")}: ` +
        `ALTER TABLE ${name} ALTER COLUMN ${wanted} TYPE ${types[0]} USING ${wanted}::${types[0]}`,
    ];
  });
}

/** Columns that Dayfill does not know must fill themselves. */
function strangerFaults({ name, columns }: TableShape): string[] {
  const ours: readonly string[] = COLUMNS;
  return columns
    .filter((column) => !ours.includes(column.name) && column.required && !column.filled && !column.generated)
    .map(
      (column) =>
        `its column ${column.name} must have a value and has no default, and Dayfill does not know it: ` +
        `ALTER TABLE ${name} ALTER COLUMN ${column.name} SET DEFAULT …, or … DROP NOT NULL`,
    );
}

function missingRights({ name, role, columns, ...shape }: TableShape): string[] {
  const ours = columns.filter((column) => (COLUMNS as readonly string[]).includes(column.name));
  const rights = [
    ...(ours.every((column) => column.readable) ? [] : ["SELECT"]),
    ...(ours.every((column) => column.writable) ? [] : ["INSERT"]),
    ...(shape.deletable ? [] : ["DELETE"]),
  ];
  const sequences = columns.flatMap((column) => column.locked_sequence ?? []);
  return [
    ...(rights.length > 0 ? [`the role ${role} lacks rights on it: GRANT ${rights.join(", ")} ON ${name} TO ${role}`] : []),
    ...sequences.map(
      (sequence) => `the role ${role} may not take numbers from its sequence: GRANT USAGE ON SEQUENCE ${sequence} TO ${role}`,
    ),
    ...(shape.row_security
      ? [
          `row security holds for the role ${role}, and COPY does not work under it: ALTER ROLE ${role} BYPASSRLS, or connect as the owner`,
        ]
      : []),
  ];
}

/** Throws one error that names all faults of the table at once. */
export function refuseUnfitTable(shape: TableShape): void {
  const faults = faultsOf(shape);
  if (faults.length === 0) return;
  throw new Error(`The table ${shape.name} cannot be filled:\n${faults.map((fault) => `  - ${fault}`).join("\n")}`);
}

/** True where a row without a name is not allowed: the code stands in its place then. */
export const nameRequired = (shape: TableShape) => shape.columns.some(({ name, required }) => name === "stock_name" && required);
