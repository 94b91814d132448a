import CEtpan
import Foundation
import Glibc
import PurrMail

/// Sole owner of one `mailimap *`, for one burst of work in one folder.
///
/// Not copyable, so it is freed exactly once. After an error its results are not touched and no further
/// command is given: the caller makes a new one.
@safe
struct EtpanIMAP: ~Copyable {
    private let session: UnsafeMutablePointer<mailimap>
    private let stream: EtpanStream
    private let feed: IMAPFeed
    private let dialogue: IMAPDialogue

    /// What `EXAMINE` told.
    struct Selection {
        let uidValidity: UIDValidity
        /// Nil where the server did not say.
        let uidNext: UID?
        let messages: Int
    }

    /// Puts a session into the authenticated state over a connection that is.
    ///
    /// By a greeting of our own, `* PREAUTH`: setting the session's fields by hand crashes.
    init(over dialogue: IMAPDialogue) throws(MailServerFailure) {
        let feed = IMAPFeed(dialogue: dialogue)
        let stream = EtpanStream(peer: feed)
        guard let session = unsafe mailimap_new(0, nil) else { throw Self.outOfMemory }
        guard let lines = unsafe stream.makeStream() else {
            unsafe mailimap_free(session)
            throw Self.outOfMemory
        }
        guard unsafe Int(mailimap_connect(session, lines)) == MAILIMAP_NO_ERROR_AUTHENTICATED else {
            stream.detach()
            unsafe mailimap_free(session)
            throw Self.outOfMemory
        }
        unsafe self.session = session
        self.stream = stream
        self.feed = feed
        self.dialogue = dialogue
    }

    deinit {
        stream.detach()
        unsafe mailimap_free(session)
    }

    /// Opens a folder for reading only: `EXAMINE` sets no flag and makes nothing `\Seen`.
    func examine(_ folder: FolderName) throws(MailServerFailure) -> Selection {
        try begin(.selection, limit: IMAPDialogue.smallAnswer)
        let code = unsafe mailimap_examine(session, folder.wire)
        try check(code, "Opening \(folder)")
        guard let info = unsafe session.pointee.imap_selection_info,
            unsafe info.pointee.sel_uidvalidity != 0
        else {
            throw MailServerFailure(.refused, "Opening \(folder): the server gave no UIDVALIDITY")
        }
        let next = unsafe info.pointee.sel_uidnext
        return Selection(
            uidValidity: UIDValidity(rawValue: unsafe info.pointee.sel_uidvalidity),
            uidNext: next == 0 ? nil : UID(rawValue: next), messages: Int(unsafe info.pointee.sel_exists))
    }

    /// What one message brought.
    struct Fetched {
        var uid: UID
        var receivedAt: Date?
        var bytes: [UInt8]?
    }

    /// What of a message to ask for.
    enum Part {
        /// Some fields of the header, at most this many bytes of them.
        case fields([String], limit: Int)
        /// All of it from the first byte, at most this many bytes.
        case whole(limit: Int)

        var limit: Int {
            switch self {
            case .fields(_, let limit), .whole(let limit): limit
            }
        }

        /// As libetpan writes it.
        var text: String {
            let section =
                switch self {
                case .fields(let names, _): "HEADER.FIELDS (\(names.joined(separator: " ")))"
                case .whole: ""
                }
            return "(UID INTERNALDATE BODY.PEEK[\(section)]<0.\(limit)>)"
        }
    }

    /// Fetches a part of messages, without marking them read.
    ///
    /// - Parameters:
    ///   - uids: In rising order, not empty.
    ///   - following: What is fetched next, in this order: the server is asked for it already.
    /// - Returns: What came; of that, some may be what follows, and what was asked for may have come before.
    func fetch(_ part: Part, of uids: [UID], then following: [[UID]] = []) throws(MailServerFailure)
        -> [Fetched]
    {
        guard let set = unsafe Self.set(of: uids) else { throw Self.outOfMemory }
        defer { unsafe mailimap_set_free(set) }
        guard let request = unsafe Self.request(part) else { throw Self.outOfMemory }
        defer { unsafe mailimap_fetch_type_free(request) }
        try say(part, of: [uids] + following)
        guard let said = dialogue.takeAhead() else { throw Self.outOfMemory }
        // Answered before its turn: what it brought came with another's answer.
        guard said.early == nil else { return [] }
        begin(.messages, said: said)
        var list: UnsafeMutablePointer<clist>?
        let code = unsafe mailimap_uid_fetch(session, set, request, &list)
        try check(code, "Fetching", mayBePartial: true)
        guard let list = unsafe list else { return [] }
        defer { unsafe mailimap_fetch_list_free(list) }
        return unsafe Self.contents(of: list)
    }

    /// Asks for parts of messages that will be fetched next.
    func say(_ part: Part, of sets: [[UID]]) throws(MailServerFailure) {
        try dialogue.say(
            sets.map { uids in
                (
                    "UID FETCH \(UIDRange.text(uids)) \(part.text)",
                    uids.count * (part.limit + 1_024) + IMAPDialogue.smallAnswer
                )
            })
    }

    /// Files a message.
    ///
    /// - Returns: Where it lies, if the server said so.
    func append(
        _ bytes: [UInt8], to folder: FolderName, at date: UTCDate, isSeen: Bool, isDraft: Bool
    ) throws(MailServerFailure) -> AppendedUID? {
        guard
            let date = unsafe mailimap_date_time_new(
                Int32(date.day), Int32(date.month), Int32(date.year), Int32(date.hour), Int32(date.minute),
                Int32(date.second), 0)
        else { throw Self.outOfMemory }
        defer { unsafe mailimap_date_time_free(date) }
        guard let flags = unsafe mailimap_flag_list_new_empty() else { throw Self.outOfMemory }
        defer { unsafe mailimap_flag_list_free(flags) }
        if isSeen, let flag = unsafe mailimap_flag_new_seen() {
            unsafe _ = mailimap_flag_list_add(flags, flag)
        }
        if isDraft, let flag = unsafe mailimap_flag_new_draft() {
            unsafe _ = mailimap_flag_list_add(flags, flag)
        }
        try begin(.nothing, limit: IMAPDialogue.smallAnswer)
        let code = unsafe bytes.withUnsafeBytes { raw in
            unsafe mailimap_append(
                session, folder.wire, flags, date, raw.bindMemory(to: CChar.self).baseAddress, raw.count)
        }
        try check(code, "Filing in \(folder)")
        return feed.answer?.appendedUID
    }

    /// Sets limits and the tag.
    ///
    /// The tag continues the connection's count, because each new session
    /// would begin at 1 again; RFC 9051 §2.2.1 wants tags to differ.
    private func begin(_ interest: IMAPFeed.Interest, limit: Int) throws(MailServerFailure) {
        try dialogue.forgetAhead()
        let tag = dialogue.nextTag()
        unsafe session.pointee.imap_tag = Int32(truncatingIfNeeded: tag - 1)
        feed.expect(interest, tag: tag, limit: limit, within: dialogue.patience)
    }

    /// The same for a command that was said ahead.
    private func begin(_ interest: IMAPFeed.Interest, said: IMAPDialogue.Ahead) {
        unsafe session.pointee.imap_tag = Int32(truncatingIfNeeded: said.tag - 1)
        // What was said after it may be answered along with it.
        let limit = dialogue.ahead.reduce(said.limit) { $0 + $1.limit }
        feed.expect(interest, tag: said.tag, limit: limit, within: dialogue.patience, isSaid: true)
    }

    /// Turns libetpan's result, and what the server really answered, into a failure.
    ///
    /// Its three codes for success all pass. When libetpan could not read the answer but the server
    /// finished it, the connection is still good, and the failure says `refused`.
    private func check(_ code: CInt, _ operation: String, mayBePartial: Bool = false)
        throws(MailServerFailure)
    {
        if let failure = stream.failure { throw failure }
        switch Int(code) {
        case MAILIMAP_NO_ERROR, MAILIMAP_NO_ERROR_AUTHENTICATED, MAILIMAP_NO_ERROR_NON_AUTHENTICATED:
            if !mayBePartial { try feed.answer?.check(operation) }
        default:
            let answer = try feed.finish()
            try answer.check(operation)
            throw MailServerFailure(.refused, "\(operation): the server's answer cannot be read")
        }
    }

    private static let outOfMemory = MailServerFailure(.limit, "Out of memory")
}
