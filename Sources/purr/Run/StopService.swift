import ServiceLifecycle
import UnixSignals

/// Ends the daemon when a signal asks it to stop, also one that came while it still started.
struct StopService: Service {
    let signals: UnixSignalsSequence

    func run() async {
        for await _ in signals.cancelOnGracefulShutdown() { return }
    }
}
