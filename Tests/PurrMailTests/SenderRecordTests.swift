import PurrMail
import Testing

@Suite("SPF records")
struct SPFRecordTests {
    @Test("say how they end, and what they cost")
    func reading() throws {
        let record = try #require(
            SPFRecord("v=spf1 ip4:192.0.2.0/24 a mx/24 include:_spf.Example.net. exists:%{i}.x.test ~all"))
        #expect(record.problem == nil)
        #expect(record.all == .softFail)
        #expect(record.includes == ["_spf.example.net"])
        #expect(record.lookups == 4)
    }

    @Test("count nothing after all, which makes a redirect void")
    func afterAll() throws {
        let record = try #require(SPFRecord("v=spf1 -all include:a.test redirect=b.test"))
        #expect(record.lookups == 0)
        #expect(record.redirect == nil)
        #expect(record.includes.isEmpty)
        let other = try #require(SPFRecord("V=SPF1 redirect=b.test"))
        #expect(other.redirect == "b.test")
        #expect(other.lookups == 1)
        #expect(other.all == nil)
    }

    @Test(
        "say what is wrong with them",
        arguments: [
            ("v=spf1 include: -all", "include names no domain"),
            ("v=spf1 ipv4:1.2.3.4 -all", "it holds the unknown term \"ipv4:1.2.3.4\""),
            ("v=spf1 redirect=a.test redirect=b.test", "redirect= stands in it twice"),
            ("v=spf1 ip4 -all", "ip4 names no address"),
        ])
    func problems(text: String, problem: String) throws {
        #expect(try #require(SPFRecord(text)).problem == problem)
    }

    @Test("are told apart from what else stands there", arguments: ["v=spf10 -all", "spf2.0/pra -all", ""])
    func others(text: String) { #expect(SPFRecord(text) == nil) }
}

@Suite("DMARC and DKIM records")
struct PolicyRecordTests {
    @Test("have a policy and tags")
    func dmarc() throws {
        let record = try #require(
            DMARCRecord(
                "v=DMARC1; p=Quarantine; sp=reject; pct=20; rua=mailto:a@example.org, mailto:b@x.test; aspf=s"
            ))
        #expect(record.policy == .quarantine)
        #expect(record.subdomainPolicy == .reject)
        #expect(record.percent == 20)
        #expect(record.reports == ["mailto:a@example.org", "mailto:b@x.test"])
        #expect(record.isStrictSPF && !record.isStrictDKIM)
        #expect(record.problem == nil)
    }

    @Test("of DMARC say what is wrong with them")
    func wrong() {
        #expect(DMARCRecord("v=DMARC1; rua=mailto:a@example.org")?.problem == "it has no p=")
        #expect(DMARCRecord("v=DMARC1; p=refuse")?.problem == "p=refuse is no policy")
        #expect(DMARCRecord("p=none; v=DMARC1") == nil)
        #expect(DMARCRecord("v=spf1 -all") == nil)
    }

    @Test("of DKIM hold a key, or say that it is revoked")
    func keys() throws {
        #expect(try #require(DKIMKey("v=DKIM1; k=rsa; p=")).isRevoked)
        let key = try #require(DKIMKey("k=rsa; t=s : y; p=" + String(repeating: "A", count: 392)))
        #expect(key.isTesting && !key.isRevoked)
        #expect(key.bits == 2_048)
        #expect(DKIMKey("p=" + String(repeating: "A", count: 216))?.bits == 1_024)
        #expect(DKIMKey("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")?.bits == nil)
        #expect(DKIMKey("v=spf1 -all") == nil)
    }

    @Test("of DKIM are found by what a signature names")
    func signature() {
        let signature = DKIMSignature(
            field: "v=1; a=rsa-sha256; d=Example.org;\r\n s=k1; h=from:to; bh=x=; b=abc d=")
        #expect(signature == DKIMSignature(domain: "example.org", selector: "k1"))
        #expect(signature?.keyName == "k1._domainkey.example.org")
        #expect(DKIMSignature(field: "v=1; d=example.org") == nil)
    }
}

@Suite("Authentication results")
struct AuthenticationResultsTests {
    @Test("are read as Gmail writes them")
    func gmail() throws {
        let results = try #require(
            AuthenticationResults(
                field: """
                    mx.google.com; dkim=pass header.i=@example.org header.s=k1 header.b=abc; \
                    spf=pass (google.com: domain of a@example.org designates 192.0.2.1; as permitted) \
                    smtp.mailfrom=a@example.org; dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=example.org
                    """))
        #expect(results.server == "mx.google.com")
        #expect(results.results.map(\.method) == ["dkim", "spf", "dmarc"])
        #expect(results.results.allSatisfy { $0.result == "pass" })
        #expect(results.results(of: "dkim").first?.properties["header.s"] == "k1")
    }

    @Test("are read with versions, blanks, quotes and nothing")
    func odd() throws {
        let results = try #require(
            AuthenticationResults(field: "Mail.Example.org 1; spf = fail reason=\"no; never\" ; none"))
        #expect(results.server == "mail.example.org")
        #expect(results.results.map(\.result) == ["fail"])
        #expect(AuthenticationResults(field: "example.org; none")?.results.isEmpty == true)
        #expect(AuthenticationResults(field: " (a comment) ") == nil)
    }
}
