import Foundation
import PurrEngine
import PurrMail
import PurrMailbox
import PurrTransport

/// Tries a mailbox out: both logins, its folders, and a mail to itself.
///
/// Prints what it finds as it finds it.
struct MailboxCheck {
    let address: EmailAddress
    let name: String
    let imap: Endpoint
    let smtp: Endpoint
    let credential: Credential
    let provider: Provider?
    /// Sends a mail to itself as well.
    let isProbing: Bool
    let line: (Mark, String) -> Void

    enum Mark {
        case good, bad, open, note

        var text: String {
            switch self {
            case .good: Terminal.paint("✓", .green)
            case .bad: Terminal.paint("✗", .red)
            case .open: Terminal.paint("?", .yellow)
            case .note: " "
            }
        }
    }

    /// What was found out.
    struct Finding: Sendable {
        var folders: [ListedFolder] = []
        var probe: Probe.Finding?
        /// What the mail to itself showed of signatures and who believed them.
        var evidence: ProbeEvidence?
    }

    /// Both logins, as they went.
    struct Logins: Sendable {
        var connection: IMAPConnection?
        var folders: [ListedFolder] = []
        var submission: SubmissionConnection?
        var imapFailure: MailServerFailure?
        var smtpFailure: MailServerFailure?

        /// Says goodbye on both; blocks.
        func close() {
            connection?.close()
            submission?.quit()
        }
    }

    /// - Throws: The first failure, as a sentence with what to do about it.
    func run() async throws -> Finding {
        let pool = WorkerPool(name: "purr-check", threads: 1)
        var finding = Finding()
        let logins = await logins(pool)
        finding.folders = logins.folders
        if let failure = logins.imapFailure ?? logins.smtpFailure {
            await pool.perform { logins.close() }
            throw CommandError(Ending.code(of: failure.reason), sentence(failure))
        }
        if isProbing, let connection = logins.connection, let submission = logins.submission {
            finding.probe = try await probe(connection, submission, folders: finding.folders, pool: pool)
            finding.evidence = try? await ProbeSearch.latest(
                over: connection, folders: finding.folders, pool: pool)
        }
        await pool.perform { logins.close() }
        return finding
    }

    /// Logs in to both sides and lists the folders.
    func logins(_ pool: WorkerPool) async -> Logins {
        var logins = Logins()
        do throws(MailServerFailure) {
            let (imap, credential) = (imap, credential)
            let opened = try await pool.run { () throws(MailServerFailure) in
                let connection = try IMAPConnection.open(imap, credential: credential)
                return (connection, try connection.folders())
            }
            logins.connection = opened.0
            logins.folders = opened.1
            line(.good, imapWords)
            showFolders(opened.1)
        } catch {
            logins.imapFailure = error
            line(.bad, "IMAP  \(imap): \(error.text)")
        }
        // A second wrong login would only bring the account closer to being locked.
        guard logins.imapFailure?.reason != .loginRefused else { return logins }
        do throws(MailServerFailure) {
            let (smtp, credential) = (smtp, credential)
            logins.submission = try await pool.run { () throws(MailServerFailure) in
                try SubmissionConnection.open(smtp, credential: credential)
            }
            line(.good, smtpWords)
        } catch {
            logins.smtpFailure = error
            line(.bad, "SMTP  \(smtp): \(error.text)")
        }
        return logins
    }

    /// What a good login is worth saying.
    var imapWords: String { "IMAP  \(imap): \(securityWords(imap)), logged in as \(credential.user)" }
    var smtpWords: String { "SMTP  \(smtp): \(securityWords(smtp)), logged in as \(credential.user)" }

    private func sentence(_ failure: MailServerFailure) -> String {
        let text = failure.text
        let isEnded = text.hasSuffix(".") || text.hasSuffix("!") || text.hasSuffix("?")
        let what = failure.reason == .loginRefused ? "The password or user name was refused. " : ""
        return
            "\(what)\(text)\(isEnded ? "" : ".") \(failure.advice(provider: provider, isToken: credential.isToken)) Nothing was stored."
    }

    private func securityWords(_ endpoint: Endpoint) -> String {
        endpoint.security == .tls ? "TLS, certificate verified" : "STARTTLS, certificate verified"
    }

    // MARK: Folders

    private func showFolders(_ folders: [ListedFolder]) {
        let watched = folders.filter { $0.isSelectable && $0.role != .drafts }
        line(.good, "\(Output.count(watched.count, "folder")) will be watched: \(Self.names(watched))")
        for folder in folders where folder.isSelectable && folder.role == .drafts {
            line(.note, "not watched: \(folder.name) (drafts: nothing in it was sent)")
        }
        let empty = folders.filter { !$0.isSelectable }
        if !empty.isEmpty { line(.note, "not watched: \(Self.names(empty)) (holds folders and no mail)") }
        if !folders.contains(where: { $0.role == .sent && $0.isSelectable }) {
            line(.open, "no folder for sent mail was found: Purr cannot see mail that you send by hand")
        }
    }

    private static func names(_ folders: [ListedFolder]) -> String {
        let shown = folders.prefix(12).map { Terminal.oneLine($0.name.description) }.joined(separator: ", ")
        return folders.count > 12 ? shown + ", and \(folders.count - 12) more" : shown
    }

    // MARK: The mail to itself

    func probe(
        _ connection: IMAPConnection, _ submission: SubmissionConnection, folders: [ListedFolder],
        pool: WorkerPool
    ) async throws -> Probe.Finding {
        guard let probe = Probe(address: address, name: name, at: Date()) else {
            throw CommandError(.badData, "\(address) cannot be the sender of mail.")
        }
        if let refusal = await pool.perform({ probe.send(over: submission) }) {
            line(.bad, "a mail to itself was refused: \(refusal)")
            throw CommandError(
                .unavailable,
                "The server takes no mail from \(address): \(refusal). Check that this login may send as that address. Nothing was stored."
            )
        }
        line(.good, "a mail to itself was taken (\"\(probe.subject)\")")
        let finding: Probe.Finding
        do {
            finding = try await probe.wait(over: connection, folders: folders, pool: pool)
        } catch let error as MailServerFailure {
            throw CommandError(Ending.code(of: error.reason), sentence(error))
        }
        show(finding)
        return finding
    }

    private func show(_ finding: Probe.Finding) {
        if let folder = finding.arrivedIn {
            line(.good, "it came back into \(folder) after \(finding.seconds) s")
            if finding.isJunk {
                line(.open, "the server takes it for junk: your mail may not reach others' inboxes either")
            }
        } else {
            line(.open, "it did not come back within \(Probe.patience) s; look for it in the mailbox")
        }
        switch finding.filesSent {
        case true?:
            line(.good, "the server files sent mail by itself\(finding.filedIn.map { " (\($0))" } ?? "")")
        case false?: line(.good, "the server does not file sent mail by itself, so Purr will")
        case nil:
            line(
                .open,
                "whether the server files sent mail is not known; Purr will look before it files a copy")
        }
        switch finding.rewritesMessageID {
        case true?: line(.open, "the server replaces the Message-ID; Purr learns the new one from the copy")
        case false?: line(.good, "the server keeps the Message-ID")
        case nil: break
        }
        if finding.arrivedIn != nil || finding.filedIn != nil {
            line(.note, "the test mail is still in the mailbox; delete it when you like")
        }
    }
}

extension Credential {
    var isToken: Bool {
        if case .bearer = self { true } else { false }
    }
}
