// Preloaded into a child process. A launcher killed with kill -9 cannot stop its children; the end of the channel to it can.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();
