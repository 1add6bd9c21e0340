import { minute } from '../model/time.ts';

/** For so long a fact is used without asking the registry again. */
export const freshFor = 5 * minute;
