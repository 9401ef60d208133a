/** Loaded before any schema: without this zod tries `new Function`, which the page's security policy reports. */
import { config } from 'zod/v4/core';

config({ jitless: true });
