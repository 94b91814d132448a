import PurrEngine

/// Runs the daemon until it is asked to stop.
///
/// - Parameter rate: Virtual seconds in a real one; nil for real time.
func runDaemon(folder: DataFolder, rate: Double?) async throws {
    throw CommandError(.unavailable, "The daemon is not built yet.")
}
