import { z } from 'zod';

// zod makes no functions out of text, nor looks whether it could. Before any schema: each asks when it is made.
z.config({ jitless: true });
