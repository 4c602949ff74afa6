// Loaded before the program (`node --import`): sends the bytes in use after a collection of garbage, for each message.
process.on('message', () => {
  const { gc } = globalThis as unknown as { gc: () => void };
  gc();
  gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  const connections = process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
  process.send?.({ liveBytes: heapUsed + external, rssBytes: rss, connections });
});
process.channel?.unref();
