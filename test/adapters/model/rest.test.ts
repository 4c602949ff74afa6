import { describe, expect, test } from 'vitest';
import { restMs } from '../../../src/adapters/model/rest.ts';
import { reply, withHeaders } from '../../support/model-behaviours.ts';
import { kinds, openWorld, request } from './asking.ts';
