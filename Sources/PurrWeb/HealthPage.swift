internal import Hummingbird

/// Whether the process is alive, for whoever watches it.
enum HealthPage {
    /// Adds `GET /healthz`, which answers `ok` as long as requests are answered at all.
    static func add(to router: Router<BasicRequestContext>) {
        router.get("healthz") { _, _ in "ok\n" }
    }
}
