/** Holds which cron lines can be chosen in plain words, and that choosing writes the same line. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CronShape, readCron, writeCron } from './cron';
import { DAYS, readDays, writeDays } from './step/days';

describe('a cron line', () => {
  it('is told in plain words when it is one of the usual shapes', () => {
    const table: [string, CronShape | undefined][] = [
      ['0 9 * * *', { kind: 'days', times: '09:00' }],
      ['30 18 * * mon-fri', { kind: 'weekdays', times: '18:30', days: [1, 2, 3, 4, 5] }],
      ['0 9 * * 1,3,sun', { kind: 'weekdays', times: '09:00', days: [0, 1, 3] }],
      ['0 9 * * fri-mon', { kind: 'weekdays', times: '09:00', days: [0, 1, 5, 6] }],
      ['0 9 1 * *', { kind: 'monthly', times: '09:00', day: 1 }],
      ['*/15 * * * *', { kind: 'minutes', every: 15 }],
      ['* * * * *', { kind: 'minutes', every: 1 }],
      ['5 * * * *', { kind: 'hours', every: 1, minute: 5 }],
      ['5 */2 * * *', { kind: 'hours', every: 2, minute: 5 }],
      ['0 9 1 1 *', undefined],
      ['0 9,18 * * *', undefined],
      ['0 9 1 * mon', undefined],
      ['0 24 * * *', undefined],
      ['* 9 * * *', undefined],
      ['0 9 * *', undefined],
      ['', undefined],
    ];
    for (const [line, shape] of table) expect(readCron(line), line).toEqual(shape);
  });

  it('is written as it was chosen', () => {
    const number = (min: number, max: number) => fc.integer({ min, max });
    const times = fc
      .tuple(number(0, 23), number(0, 59))
      .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'));
    const shape: fc.Arbitrary<CronShape> = fc.oneof(
      fc.record({ kind: fc.constant('days' as const), times }),
      fc.record({ kind: fc.constant('monthly' as const), times, day: number(1, 31) }),
      fc.record({
        kind: fc.constant('weekdays' as const),
        times,
        days: fc.uniqueArray(number(0, 6), { minLength: 1, maxLength: 6 }).map((days) => days.toSorted()),
      }),
      fc.record({ kind: fc.constant('minutes' as const), every: number(1, 59) }),
      fc.record({ kind: fc.constant('hours' as const), every: number(1, 23), minute: number(0, 59) }),
    );
    fc.assert(
      fc.property(shape, (one) => {
        expect(readCron(writeCron(one))).toEqual(one);
      }),
    );
  });
});

describe('the days of a window', () => {
  it('are read back as they were written', () => {
    fc.assert(
      fc.property(fc.subarray([...DAYS], { minLength: 1 }), (days) => {
        expect(readDays(writeDays(new Set(days)) as never)).toEqual(new Set(days));
      }),
    );
    expect(writeDays(new Set(['mon', 'tue', 'wed', 'fri']))).toEqual(['mon-wed', 'fri']);
    expect(readDays(['fri-mon'])).toEqual(new Set(['fri', 'sat', 'sun', 'mon']));
    expect(readDays(['lunes'])).toBeUndefined();
  });
});
