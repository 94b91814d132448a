/// Why a message was not delivered, from codes and, where those say nothing, from words.
struct Diagnosis {
    /// Enhanced status code, given or derived.
    let status: String?
    let isPermanent: Bool
    /// The address or its domain does not exist, has moved, or takes no mail, by code or by words.
    let isHard: Bool
    /// The same where the code says so, or leaves it to the words: enough to suppress (spec R3.3).
    let isAddressLevel: Bool

    /// - Parameters:
    ///   - status: The report's own `Status` field.
    ///   - diagnostic: What the other server said, where the report sets it apart.
    ///   - notice: The words around it; they may explain every case there is.
    ///   - isFinal: The report says that it failed, whatever the class of its code.
    init(status given: String?, diagnostic: String, notice: String, isFinal: Bool = false) {
        var said = SearchText(diagnostic)
        if let quoted = Self.quoted(in: said.isEmpty ? SearchText(notice) : said) {
            said = quoted
        } else if said.isEmpty, let answer = Self.answer(in: notice) {
            said = answer
        }
        let words = said.isEmpty ? SearchText(notice) : said
        var reasons = Reason.all(in: Self.plain(words))
        // What a gateway says around it is no reason where the other side's code is one.
        let isSaid = StatusCode.enhanced(in: said).map { Self.hardCodes.contains($0) } ?? false
        if reasons.isEmpty, !said.isEmpty, !isSaid {
            reasons = Reason.all(in: Self.plain(SearchText(notice)))
        }
        let quoted = StatusCode.enhanced(in: words) ?? StatusCode.enhanced(in: SearchText(notice))
        let basic = StatusCode.basic(in: words)
        var status = given ?? quoted
        // Many systems put x.0.0 in the field and the other side's code in the text.
        if let given, given.hasSuffix(".0.0") || given.hasSuffix(".0.1"), let quoted,
            quoted.first == given.first
        {
            status = quoted
        }
        if status == nil { status = Self.status(for: reasons, reply: basic) }
        self.status = status
        // Gmail gives 4.0.0 for a name that DNS says does not exist, and gives up at once (RFC 8020 §2).
        let isGone = isFinal && Self.missingNames.matches(words)
        isPermanent = status?.first != "4" || isGone
        // RFC 7504, unless the enhanced code says something else.
        let isOpen = status.map { $0.hasSuffix(".0.0") || Self.hardCodes.contains($0) } ?? true
        if isPermanent, isOpen, basic == 521 || basic == 556 { reasons.insert(.takesNoMail) }
        // Exchange Online's words for an address that its directory does not have.
        if isPermanent, Self.edgeBlocks.matches(words) { reasons = [.unknownAddress] }
        let stage = Stage(words, SearchText(notice))
        isHard =
            isPermanent && Self.isHard(status, reasons, stage)
            && !(stage == .content && Self.isFiltered(words, status))
        isAddressLevel = isHard && (isGone || status.map(Self.leavesAddressLevel) ?? true)
    }

    /// The other server's own words where a gateway's summary stands before them, as AsyncOS writes it:
    /// `5.1.0 - Unknown address error 554-'5.7.0 Blocked'`.
    ///
    /// The summary names the command that was refused and not the reason.
    private static func quoted(in words: SearchText) -> SearchText? {
        guard let summary = summaries.first(in: words) else { return nil }
        let bytes = words.bytes[summary.range.upperBound...].drop { $0 == 0x20 }
        let code = bytes.prefix(3)
        guard code.count == 3, code.first == 0x34 || code.first == 0x35,
            code.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        let rest = bytes.dropFirst(3).drop { " -'".utf8.contains($0) }.prefix(2_000)
        guard !rest.isEmpty else { return nil }
        let end = rest.firstIndex(of: UInt8(ascii: "'")) ?? rest.endIndex
        return SearchText(bytes: (Array(code) + [0x20] + rest[..<end])[...])
    }

    /// What stands behind words that announce the other server's answer.
    private static func answer(in notice: String) -> SearchText? {
        let words = SearchText(notice)
        guard let found = announcements.first(in: words) else { return nil }
        let rest = SearchText(bytes: words.bytes[found.range.upperBound...].prefix(1_000))
        return StatusCode.basic(in: rest) == nil ? nil : rest
    }

    private static let announcements = PhraseSet([
        "the error that the other server returned was", "the response from the remote server was",
        "the response was", "remote host said", "remote server replied", "remote server said",
        "the server responded", "server response was",
    ])

    private static let summaries = PhraseSet([
        "unknown address error", "other address status", "system not accepting network messages",
        "bad destination*", "other network problem", "delivery not authorized", "other or unspecified*",
        "mailbox full", "undefined status", "message too big", "unspecified error", "system not capable",
        "not accepting messages", "system full", "other mail system problem",
    ])

    /// Without addresses and links, whose names are no reasons.
    private static func plain(_ words: SearchText) -> SearchText {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(words.bytes.count)
        for word in words.bytes.split(separator: 0x20) {
            // Chinese and Japanese put no blank between an address and the reason.
            if word.contains(UInt8(ascii: "@")), word.contains(where: { $0 >= 0xE0 }) {
                bytes += word.filter { $0 >= 0x80 } + [0x20]
                continue
            }
            if word.contains(UInt8(ascii: "@")) || word.contains(UInt8(ascii: "/")) && word.contains(0x3A) {
                continue
            }
            // What stood around one: "Mailbox ( kari@example.org ) not found".
            if word.allSatisfy({ "()<>[]".utf8.contains($0) }) { continue }
            bytes += word
            bytes.append(0x20)
        }
        return SearchText(bytes: bytes[...])
    }

    /// The code that the words stand for.
    private static func status(for reasons: Set<Reason>, reply: Int?) -> String? {
        if reasons.contains(.full) { return (reply ?? 400) >= 500 ? "5.2.2" : "4.2.2" }
        guard (reply ?? 500) >= 500 else { return "4.0.0" }
        if reasons.contains(.unknownAddress) { return "5.1.1" }
        if reasons.contains(.unknownDomain) { return "5.1.2" }
        return reply == nil ? nil : "5.0.0"
    }

    /// What the other server answered to.
    private enum Stage {
        case recipient, content, unknown

        init(_ words: SearchText, _ notice: SearchText) {
            if Self.contents.matches(words) {
                self = .content
            } else if Self.recipients.matches(words) {
                self = .recipient
            } else {
                let isContent = Self.contents.matches(notice)
                self = Self.recipients.matches(notice) ? .recipient : isContent ? .content : .unknown
            }
        }

        private static let recipients = PhraseSet([
            "rcpt to", "rcpt command", "rcpt_to", "after rcpt", "rcptto", "address verification",
        ])
        private static let contents = PhraseSet([
            "end of data", "in reply to data", "data command", "after data", ">>> data", "[data]",
            "to data",
            "dataend", "after pipelined data", "sending message body", "data_init",
        ])
    }

    /// Words that give one kind of reason outrank the code, because gateways give 5.1.1 for every refusal
    /// and 5.7.1 for unknown users; where they give both kinds or none, the code decides.
    ///
    /// One that 5.2.1 calls disabled is there, unless it was refused at `RCPT`.
    private static func isHard(_ status: String?, _ reasons: Set<Reason>, _ stage: Stage) -> Bool {
        let isAbout = !reasons.isDisjoint(with: [.unknownAddress, .unknownDomain, .takesNoMail])
        let isOther = !reasons.isDisjoint(with: [.full, .other])
        let isOnlyUnknown = isAbout && reasons.isDisjoint(with: [.unknownDomain, .takesNoMail])
        if status == "5.2.1", reasons.contains(.suspended) { return false }
        if status == "5.2.1", stage != .recipient, !isAbout || isOnlyUnknown { return false }
        if isAbout, !isOther { return true }
        if let status, hardCodes.contains(status) { return isAbout || !isOther }
        return false
    }

    /// Whether an address was taken at `RCPT`, where addresses are judged (RFC 5321 §3.3), and called unknown
    /// after the text without more reason: so carriers answer senders whom a person has shut out.
    private static func isFiltered(_ words: SearchText, _ status: String?) -> Bool {
        !(status?.hasPrefix("5.1.") ?? false) && bareRefusals.matches(words)
    }

    private static let missingNames = PhraseSet(["nxdomain", "domain name not found"])
    private static let edgeBlocks = PhraseSet(["5.4.1 recipient address rejected: access denied"])
    private static let bareRefusals = PhraseSet(["user unknown", "unknown user"])

    private static func leavesAddressLevel(_ status: String) -> Bool {
        hardCodes.contains(status) || generic.contains { status.hasPrefix($0) }
    }

    /// Spec R3.3: bad address, bad domain, moved, takes no mail (RFC 3463 §3.2 and §3.4, RFC 7505 §4).
    private static let hardCodes: Set<String> = ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.3.2"]

    /// Codes that leave the reason to the words: other, bad address in general, protocol, routing.
    private static let generic = ["5.0.", "5.1.0", "5.4.", "5.5."]
}
