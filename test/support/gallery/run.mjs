/* Node strips types but knows neither our decorators nor '.js' for '.ts'; the test runner's bundler does. */
import { runnerImport } from 'vite';

await runnerImport(new URL('gallery.ts', import.meta.url).pathname);
