import Foundation
import PurrEngine
import PurrSequences
import PurrStore
import PurrTransport
import NIOCore
@testable import PurrWeb
import Testing

@Suite("Floods, giants and snails")
struct LoadTests {
    let world: WebWorld

    init() throws { world = try WebWorld() }

    @Test("a burst of 2,000 opens over 100 connections loses none: what was answered is durable")
    func burst() async throws {
        try await world.serving { client in
            let path = "/o/\(world.token(.open)).gif"
            let request = Array("GET \(path) HTTP/1.1\r\nHost: x\r\nUser-Agent: Burst\r\n\r\n".utf8)
            let answered = await withTaskGroup(of: Int.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        await RawClient.threads.perform {
                            guard let connection = RawClient.Connection(port: client.port) else { return 0 }
                            var count = 0
                            for _ in 0..<20 {
                                guard connection.write(request), connection.response()?.status == 200 else {
                                    break
                                }
                                count += 1
                            }
                            return count
                        }
                    }
                }
                return await group.reduce(0, +)
            }
            #expect(answered == 2_000)
            let kept = try world.visits().count
            #expect(kept == answered)
        }
    }

    @Test("a body of 1 GB is refused before it comes", arguments: ["POST", "GET", "PUT"])
    func giant(method: String) async throws {
        try await world.serving { client in
            let head =
                "\(method) /u/\(world.token(.unsubscribe)) HTTP/1.1\r\nHost: x\r\nContent-Length: 1073741824\r\n\r\n"
            #expect(await client.send(head)?.status == 413)
        }
    }

    @Test("a body whose length nobody announced is cut off")
    func endless() async throws {
        try await world.serving { client in
            let head =
                "POST /u/\(world.token(.unsubscribe)) HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
            let written = await RawClient.threads.perform { () -> (Int, Int?) in
                guard let connection = RawClient.Connection(port: client.port),
                    connection.write(Array(head.utf8))
                else { return (0, nil) }
                let chunk =
                    Array("4000\r\n".utf8) + [UInt8](repeating: 0x61, count: 0x4000) + Array("\r\n".utf8)
                var count = 0
                while count < 64 << 20, connection.write(chunk) { count += chunk.count }
                return (count, connection.response()?.status)
            }
            // What the kernel's buffers hold goes through.
            #expect(written.0 < 32 << 20)
            #expect(written.1 == nil || written.1 == 413)
            let standing = try world.standing()
            #expect(standing.allSatisfy { !$0.contains("unsubscribed") })
        }
    }

    @Test(
        "who sends a header or body too slowly is closed, and others are answered meanwhile",
        arguments: [
            "GET /healthz HTTP/1.1\r\nHo", "POST /u/x HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nabc",
        ])
    func snail(start: String) async throws {
        var limits = WebLimits()
        limits.header = .milliseconds(400)
        limits.body = .milliseconds(400)
        try await world.serving(limits: limits) { client in
            let snails = (0..<20).compactMap { _ in RawClient.Connection(port: client.port) }
            for snail in snails { #expect(snail.write(Array(start.utf8))) }
            #expect(await client.get("/healthz")?.text == "ok\n")
            // Nil, or an answer: either way the connection came to its end.
            for snail in snails { while snail.read() != nil {} }
        }
    }

    @Test("header fields beyond 16 KB are refused")
    func longHeader() async throws {
        try await world.serving { client in
            let reply = await client.get("/healthz", ["X-Long": String(repeating: "a", count: 40_000)])
            #expect(reply == nil || (reply?.status ?? 0) >= 400)
        }
    }

    @Test("who tries tokens is told to wait, and a true token of the same address still works")
    func guesses() async throws {
        try await world.serving { client in
            let away = ["X-Forwarded-For": "203.0.113.7"]
            var statuses: [Int] = []
            while statuses.count < 500, statuses.last != 429 {
                statuses.append(await client.get("/u/guess", away)?.status ?? 0)
            }
            #expect(statuses.first == 404)
            #expect(statuses.last == 429)
            #expect(await client.get("/u/\(world.token(.unsubscribe))", away)?.status == 200)
        }
    }
}
