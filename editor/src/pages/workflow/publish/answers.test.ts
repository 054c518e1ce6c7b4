/** Holds which questions a flow asks, and which are still open. */
import { describe, expect, it } from 'vitest';
import type { Document } from '@/model';
import { answersTo, questionsOf, unanswered } from './answers';

const DOCUMENT: Document = {
  inputs: {
    patience: { type: 'duration', default: '1h', title: 'How long?' },
    number: { type: 'connection', connector: 'phone', title: { es: 'Número' } },
    size: { type: 'choice', options: ['s', 'l'] },
  },
};

describe('what a flow asks', () => {
  it('is a form', () => {
    expect(questionsOf(DOCUMENT)).toEqual({
      type: 'object',
      required: ['number', 'size'],
      properties: {
        patience: {
          type: 'string',
          'x-widget': 'plain_duration',
          'x-titles': { es: 'How long?', en: 'How long?', pt: 'How long?' },
          default: '1h',
        },
        number: {
          type: 'string',
          'x-widget': 'plain_connection',
          'x-titles': { es: 'Número' },
          'x-connector': 'phone',
        },
        size: { type: 'string', 'x-widget': 'plain_select', enum: ['s', 'l'] },
      },
    });
    expect(questionsOf({})).toBeUndefined();
  });

  it('is open until it is answered, unless there is a usual answer', () => {
    expect(unanswered(DOCUMENT, { size: '' })).toEqual(['number', 'size']);
    expect(unanswered(DOCUMENT, { number: 'c', size: 's' })).toEqual([]);
  });

  it('takes no answer to what is not asked', () => {
    expect(answersTo(DOCUMENT, { number: 'c', gone: 1, size: '' })).toEqual({ number: 'c' });
  });
});
