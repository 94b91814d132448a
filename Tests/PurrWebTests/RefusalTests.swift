import Foundation
import PurrEngine
import PurrStore
import PurrTransport
@testable import PurrWeb
import Testing

/// What somebody sees whose request came to nothing: people a page, programs a word.
@Suite("What is refused")
struct RefusalTests {
    let world: WebWorld
    private static let browser = ["Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"]

    init() throws { world = try WebWorld() }

    private func sees(_ page: String, _ reply: Reply?, _ status: Int) throws {
        let reply = try #require(reply)
        #expect(reply.status == status)
        #expect(reply.fields["content-type"] == "text/html; charset=utf-8")
        #expect(reply.text.contains("<h1>\(page)</h1>"), "\(reply.text.suffix(200))")
        #expect(reply.fields["vary"]?.contains("Accept") ?? false)
    }

    @Test(
        "a link that was cut off shows people a page, and programs a word", arguments: ["/", "/u/", "/x"])
    func cutOff(path: String) async throws {
        try await world.serving { client in
            try sees("This link does not work", await client.request("GET", path, Self.browser), 404)
            let norwegian = Self.browser.merging(["Accept-Language": "nb-NO,nb;q=0.9"]) { $1 }
            try sees("Denne lenken virker ikke", await client.request("GET", path, norwegian), 404)
            let words = try #require(await client.get(path))
            #expect(words.status == 404)
            #expect(words.text.hasPrefix("Not Found") && !words.text.contains("<"))
        }
    }

    @Test("a site that is not on the list: its visitors get a page")
    func foreignSite() async throws {
        try await world.serving { client in
            let fields = Self.browser.merging(["Origin": "https://evil.test"]) { $1 }
            try sees(
                "This form is not set up", await client.post("/f/demo", "email=a%40b.test", fields), 403)
        }
    }

    @Test("a body that is too large, announced or not: a page, and the connection ends in order")
    func tooLarge() async throws {
        try await world.serving { client in
            let body = "email=" + String(repeating: "a", count: 70_000)
            try sees("That was too much", await client.post("/f/demo", body, Self.browser), 413)
            let chunked =
                "POST /f/demo HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "11170\r\n" + String(repeating: "a", count: 70_000) + "\r\n0\r\n\r\n"
            try sees("That was too much", await client.send(chunked), 413)
            let words = try #require(await client.post("/f/demo", body))
            #expect(words.status == 413)
            #expect(words.text.hasPrefix("Content Too Large"))
        }
    }

    @Test("whoever asks too often gets a page that says when to come back")
    func tooOften() async throws {
        try await world.serving { client in
            var last: Reply?
            for _ in 0..<400 where last?.status != 429 {
                last = await client.request("GET", "/u/x", Self.browser)
            }
            try sees("Please wait a moment", last, 429)
            #expect(last?.fields["retry-after"] == "60")
            #expect(try #require(await client.get("/u/x")).text.hasPrefix("Too Many Requests"))
        }
    }

    @Test("while somebody else writes for long, an opt-out is answered soon, and is done or is not")
    func busy() async throws {
        let before = try world.standing()
        let path = "/u/\(world.token(.unsubscribe))"
        let other = try Store(path: world.folder + "/purr.db")
        let (held, end) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        try await world.serving { client in
            // A transaction that lasts, as an import's may.
            async let writer: Void = RawClient.threads.perform {
                try? other.write { _ in
                    held.signal()
                    end.wait()
                }
            }
            await RawClient.threads.perform { held.wait() }
            let clock = ContinuousClock()
            let start = clock.now
            // Many wait at once, and none for the others.
            let replies = await withTaskGroup(of: Reply?.self) { group in
                for _ in 0..<6 {
                    group.addTask { await client.post(path, "confirm=yes", Self.browser) }
                }
                group.addTask { await client.post("/f/demo", "email=a%40b.test", Self.browser) }
                return await group.reduce(into: []) { $0.append($1) }
            }
            // One after another would take nineteen seconds, the database's own patience ten.
            #expect(clock.now - start < .seconds(9))
            #expect(clock.now - start > .seconds(2))
            #expect(replies.count == 7)
            for reply in replies {
                try sees("That did not work", reply, 503)
                #expect(reply?.fields["retry-after"] == "60")
            }
            end.signal()
            await writer
            try await Task.sleep(for: .milliseconds(500))
            #expect(try world.standing() == before, "what was said not to be done is not done later")
            #expect(await client.post(path, "confirm=yes", Self.browser)?.status == 200)
            #expect(try world.standing() != before)
        }
    }
}
