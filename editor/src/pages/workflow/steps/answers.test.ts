import { describe, expect, it } from 'vitest';
import { withAnswers } from './answers';

const inputs = {
  patience: { type: 'duration', default: '1h', title: { es: 'Cuánto esperar', en: 'How long' } },
  template: { type: 'text', title: { es: 'Plantilla', en: 'Template' } },
  whatsapp: { type: 'connection', connector: 'whatsapp', title: 'WhatsApp' },
};

describe('a question in a line', () => {
  it.each([
    [{}, '${inputs.patience}', '1h'],
    [{ patience: '2d' }, '${inputs.patience}', '2d'],
    [{ patience: '' }, 'a ${ inputs.patience } b', 'a 1h b'],
    [{}, '${inputs.template}', 'Plantilla'],
    [{ template: 'adios' }, '${inputs.template}', 'adios'],
    [{ whatsapp: '01990000-0000-7000-8000-000000000001' }, '${inputs.whatsapp}', 'WhatsApp'],
    [{}, '${inputs.unknown} ${event.total}', '${inputs.unknown} ${event.total}'],
  ])('with %j, %s reads %s', (given, text, read) => {
    expect(withAnswers(text, { inputs, given }, 'es')).toBe(read);
  });
});
