/**
 * A list as a table that becomes cards on a phone, still a table to screen readers.
 *
 * Knows columns; never what a row is about.
 */
import { Skeleton } from '@mantine/core';
import classes from './DataTable.module.css';

export interface Column<T> {
  id: string;
  title: string;
  cell: (row: T) => React.ReactNode;
  /** The first words of a card; the other columns follow as a line. */
  lead?: boolean;
  /** Stands at the right end. */
  end?: boolean;
  /** Left out on a phone. */
  wide?: boolean;
  width?: string;
  /** The title is only read aloud. */
  quiet?: boolean;
}

interface Props<T> {
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[] | undefined;
  rowKey: (row: T) => string;
  /** How many grey rows stand in while it loads. */
  skeletons?: number;
}

export function DataTable<T>({ label, columns, rows, rowKey, skeletons = 6 }: Props<T>) {
  return (
    <div className={classes.frame} aria-busy={rows === undefined}>
      <table className={classes.table} role="table" aria-label={label}>
        <thead className={classes.head} role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <th
                key={column.id}
                role="columnheader"
                scope="col"
                style={{ width: column.width }}
                {...marks(column)}
              >
                {column.quiet ? <span className="visually-hidden">{column.title}</span> : column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows === undefined
            ? Array.from({ length: skeletons }, (_, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: grey rows are all alike
                <Bones key={`bone-${index + 1}`} columns={columns} />
              ))
            : rows.map((row) => (
                <tr key={rowKey(row)} role="row" className={classes.row}>
                  {columns.map((column) => (
                    <td key={column.id} role="cell" {...marks(column)}>
                      {column.cell(row)}
                    </td>
                  ))}
                </tr>
              ))}
        </tbody>
      </table>
    </div>
  );
}

function marks<T>(column: Column<T>) {
  return {
    'data-lead': column.lead || undefined,
    'data-end': column.end || undefined,
    'data-wide': column.wide || undefined,
  };
}

function Bones<T>({ columns }: { columns: readonly Column<T>[] }) {
  return (
    <tr role="row" className={classes.row}>
      {columns.map((column) => (
        <td key={column.id} role="cell" {...marks(column)}>
          <Skeleton height={12} width={column.lead ? '60%' : '45%'} my={6} />
        </td>
      ))}
    </tr>
  );
}
