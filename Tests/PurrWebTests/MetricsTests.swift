import Foundation
import Logging
import PurrEngine
import PurrStore
import PurrTransport
@testable import PurrWeb
import ServiceLifecycle
import Testing

@Suite("Metrics and health")
struct MetricsTests {
    @Test(
        "listen at an address and a port",
        arguments: [
            ("127.0.0.1:9464", "127.0.0.1:9464"), ("[::1]:0", "[::1]:0"), ("0.0.0.0:80", "0.0.0.0:80"),
        ])
    func address(text: String, shown: String) throws {
        #expect(try #require(ListenAddress(text)).description == shown)
    }

    @Test(
        "listen nowhere else",
        arguments: [
            "", "9464", ":9464", "localhost:9464", "127.0.0.1", "127.0.0.1:65536", "::1:80",
            "[127.0.0.1]:80",
        ])
    func noAddress(text: String) { #expect(ListenAddress(text) == nil) }

    @Test("tell the world whether, and not why")
    func world() async throws {
        let world = try WebWorld()
        try await world.serving { client in
            #expect(await client.get("/healthz")?.text == "ok\n")
            try world.store.write { transaction in
                _ = try transaction.raiseAlarm(
                    kind: AlarmKind.loginRefused.rawValue, subject: "sam@example.org",
                    text: "The login to sam@example.org is refused.", advice: "", at: world.start)
            }
            let answer = await client.get("/healthz")
            #expect(answer?.status == 503)
            #expect(answer?.text.contains("sam@") == false)
            #expect(await client.get("/livez")?.status == 200)
            #expect(await client.get("/metrics")?.status == 404)
        }
    }
}
