// Preloaded into Nest's watcher, which leads a group of its own: with a launcher that was killed it goes, and the app with it.
process.once('disconnect', () => process.kill(process.platform === 'win32' ? process.pid : -process.pid, 'SIGTERM'));
process.channel?.unref();
