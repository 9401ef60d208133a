/** Starts the console: theme, addresses, and the shell. */
import './zod.ts';
import './styles/tokens.css';
import './styles/webawesome.css';
import { applyTheme } from './styles/theme.ts';
import { startRouter } from './router.ts';
import './app.ts';

applyTheme();
startRouter();
