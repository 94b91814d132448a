import Crypto
import Foundation
import PurrEngine
import PurrSequences
import PurrStore
@testable import PurrWeb
import Testing

@Suite("Links in mails")
struct MailEndpointsTests {
    let world: WebWorld

    init() throws { world = try WebWorld() }

    @Test("T2: an open is a picture that nobody keeps, noted with its agent before it is answered")
    func open() async throws {
        try await world.serving { client in
            let reply = try #require(
                await client.get("/o/\(world.token(.open)).gif", ["User-Agent": "Mail/1.0 (someone)"]))
            #expect(reply.status == 200)
            #expect(reply.fields["content-type"] == "image/gif")
            #expect(reply.fields["cache-control"]?.contains("no-store") == true)
            #expect(Array(reply.body.prefix(6)) == Array("GIF89a".utf8))
            let visits = try world.visits()
            #expect(visits.map(\.kind) == [.open])
            #expect(visits.first?.agent == "Mail/1.0 (someone)")
            #expect(visits.first?.at == world.start)
        }
    }

    @Test("T2: HEAD asks about a link and is neither an open nor a click")
    func heads() async throws {
        try await world.serving { client in
            let picture = try #require(await client.request("HEAD", "/o/\(world.token(.open)).gif"))
            #expect(picture.status == 200)
            let click = try #require(await client.request("HEAD", "/c/\(world.token(.click))"))
            #expect(click.status == 302)
            #expect(click.fields["location"] == WebWorld.targets[0])
            #expect(try world.visits().isEmpty)
        }
    }

    @Test("M7.3: a click leads where its mail's link led, and nowhere else")
    func click() async throws {
        try await world.serving { client in
            let token = world.token(.click)
            let reply = try #require(await client.get("/c/\(token)?to=https://evil.test/&url=//evil.test"))
            #expect(reply.status == 302)
            #expect(reply.fields["location"] == WebWorld.targets[0])
            let visits = try world.visits()
            #expect(visits.map(\.kind) == [.click])
            // A link to javascript:, should it ever have come into the database, and one that never was.
            for position in [2, 3, 99] {
                let reply = try #require(await client.get("/c/\(world.token(.click, position))"))
                #expect(reply.status == 404, "\(position)")
                #expect(reply.fields["location"] == nil)
            }
        }
    }

    @Test("S6.2: a click to a site of one's own tells it a token, and no other site learns one")
    func pageToken() async throws {
        try await world.serving { client in
            let own = try #require(await client.get("/c/\(world.token(.click, 1))"))
            #expect(own.fields["location"] == "http://www.example.test/page?purr=\(world.token(.page))")
            let other = try #require(await client.get("/c/\(world.token(.click, 0))"))
            #expect(other.fields["location"] == WebWorld.targets[0])
        }
    }

    @Test("M7.3: fetching the way out changes nothing")
    func getChangesNothing() async throws {
        let before = try world.standing()
        try await world.serving { client in
            for method in ["GET", "HEAD"] {
                let reply = try #require(await client.request(method, "/u/\(world.token(.unsubscribe))"))
                #expect(reply.status == 200)
                if method == "GET" { #expect(reply.text.contains("<button type=\"submit\"")) }
            }
        }
        #expect(try world.standing() == before)
    }

    @Test(
        "M1.4: a post ends everything for the address, once and for all",
        arguments: [
            ("List-Unsubscribe=One-Click", "application/x-www-form-urlencoded"),
            ("confirm=yes", "application/x-www-form-urlencoded"),
            (
                "--b1\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b1--\r\n",
                "multipart/form-data; boundary=b1"
            ),
        ])
    func optOut(body: String, type: String) async throws {
        try await world.serving { client in
            let path = "/u/\(world.token(.unsubscribe))"
            let reply = try #require(await client.post(path, body, ["Content-Type": type]))
            #expect(reply.status == 200)
            let after = try world.standing()
            #expect(after.contains("kari@north.test unsubscribed"))
            #expect(after.contains("\(world.enrollment) unenrolled"))
            // Replayed, it is the same.
            for _ in 0..<3 { #expect(await client.post(path, body, ["Content-Type": type])?.status == 200) }
            #expect(try world.standing() == after)
        }
    }

    @Test(
        "M7.3: a post that does not say what it wants, or whose token is not this mail's, changes nothing",
        arguments: ["", "x=1", "List-Unsubscribe=", "confirm=no", "{}"])
    func emptyPosts(body: String) async throws {
        let before = try world.standing()
        try await world.serving { client in
            #expect(await client.post("/u/\(world.token(.unsubscribe))", body)?.status == 400)
            let foreign = LinkTokens(key: SymmetricKey(size: .bits256)).token(
                for: .unsubscribe, LinkTokens.Content(mail: world.mail))
            let oneClick = "List-Unsubscribe=One-Click"
            for token in [foreign, world.token(.click), world.token(.open), "x", "%00", "..%2F..", ""] {
                let status = await client.post("/u/\(token)", oneClick)?.status
                #expect(status == 404, "\(token)")
            }
            #expect(await client.get("/o/\(world.token(.unsubscribe))")?.status == 404)
            #expect(await client.get("/c/\(world.token(.unsubscribe))")?.status == 404)
        }
        #expect(try world.standing() == before)
        #expect(try world.visits().isEmpty)
    }

    @Test("a scanner that fetches every link and submits no form opts nobody out, and leaves its name")
    func scanner() async throws {
        let before = try world.standing()
        try await world.serving { client in
            let agent = ["User-Agent": "Scanner/2.0"]
            for method in ["HEAD", "GET", "OPTIONS"] {
                for path in [
                    "/o/\(world.token(.open)).gif", "/c/\(world.token(.click, 0))",
                    "/c/\(world.token(.click, 1))",
                    "/u/\(world.token(.unsubscribe))",
                ] { _ = await client.request(method, path, agent) }
            }
            let visits = try world.visits()
            #expect(visits.map(\.kind) == [.open, .click, .click])
            #expect(visits.allSatisfy { $0.agent == "Scanner/2.0" })
        }
        #expect(try world.standing() == before)
    }

    @Test("a forged Host, or what a client says of forwarding, appears in no answer")
    func forgedHost() async throws {
        try await world.serving { client in
            let forged = [
                "Host": "evil.test", "X-Forwarded-Host": "evil.test", "X-Forwarded-Proto": "gopher",
                "Forwarded": "host=evil.test", "X-Forwarded-For": "evil.test",
            ]
            for path in [
                "/u/\(world.token(.unsubscribe))", "/c/\(world.token(.click))", "/o/x", "/purr.js", "/",
                "/healthz",
            ] {
                let reply = try #require(await client.get(path, forged))
                #expect(!reply.text.contains("evil.test"), "\(path)")
                #expect(!reply.fields.values.contains { $0.contains("evil.test") }, "\(path)")
            }
        }
    }

    @Test("speak the reader's language")
    func languages() async throws {
        try await world.serving { client in
            let path = "/u/\(world.token(.unsubscribe))"
            #expect(
                await client.get(path, ["Accept-Language": "nb-NO,nb;q=0.9"])?.text.contains("Meld meg av")
                    == true)
            #expect(await client.get(path, ["Accept-Language": "fr"])?.text.contains("Unsubscribe") == true)
        }
    }
}
