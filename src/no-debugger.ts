/**
 * Imported before all other files. At SIGUSR1 Node opens its debugger on a port, and whoever reaches that port runs code in
 * the process. With a listener Node does not; the signal does nothing.
 */
process.on('SIGUSR1', () => {});
