import { z } from 'zod';

// zod then neither makes functions out of text nor probes whether it could. Each schema reads this setting when it is made,
// so this file is imported before any of them.
z.config({ jitless: true });
