import Foundation
import PurrEngine
import PurrMail
import PurrSequences
import PurrTransport

/// What a mailbox logs in with at this moment: a password as it is, an access token renewed before it ends.
///
/// The engine of a mailbox performs one effect at a time, so a renewal never runs twice at once.
actor CredentialKeeper {
    private let id: MailboxID
    private let address: EmailAddress
    private let settings: MailboxSettings
    private let secret: Secret
    private let vault: Vault
    private let commands: @Sendable () -> Commands
    private let endpoint: TokenEndpoint?
    private let pool: WorkerPool
    private var tokens: OAuthTokens?

    /// - Parameters:
    ///   - commands: The commands at this moment, for keeping new tokens.
    ///   - folder: Where a private CA is put as a file.
    init(
        id: MailboxID, address: EmailAddress, settings: MailboxSettings, secret: Secret, vault: Vault,
        folder: DataFolder, pool: WorkerPool, commands: @escaping @Sendable () -> Commands
    ) throws {
        self.id = id
        self.address = address
        self.settings = settings
        self.secret = secret
        self.vault = vault
        self.commands = commands
        self.pool = pool
        if case .signIn(let client) = secret {
            endpoint = TokenEndpoint(
                client: client, caFile: try client.certificateAuthority.map { try folder.authorityFile($0) }
            )
        } else {
            endpoint = nil
        }
    }

    /// Whether a login that was refused may succeed with a renewed token.
    nonisolated var canRenew: Bool { endpoint != nil }

    /// What to log in with now.
    ///
    /// - Parameter isRefused: The server refused what this gave last: it is renewed, whatever our clock says.
    func credential(isRefused: Bool = false) async throws(MailServerFailure) -> Credential {
        guard let endpoint else { return settings.credential(secret) }
        let kept: OAuthTokens
        do {
            // Read anew each time: `purr mailbox sign-in` may have brought others.
            guard let stored = try commands().tokens(of: id, address, in: vault) else {
                throw signInNeeded(endpoint)
            }
            kept = stored
        } catch let error as MailServerFailure { throw error } catch let error as CommandError {
            throw MailServerFailure(.configuration, error.text)
        } catch { throw MailServerFailure(.configuration, "The tokens of the mailbox cannot be read") }
        let isNewlyStored = tokens != nil && tokens != kept
        if !kept.isDue(at: Date()), !isRefused || isNewlyStored {
            tokens = kept
            return settings.credential(.token(kept.accessToken))
        }
        do throws(MailServerFailure) {
            let renewed = try await renewed(kept, at: endpoint)
            tokens = renewed
            return settings.credential(.token(renewed.accessToken))
        } catch {
            // Renewed early: while the provider cannot be asked, the old one still opens the door.
            guard error.retry == .later, !isRefused, Date() < kept.expiresAt else { throw error }
            return settings.credential(.token(kept.accessToken))
        }
    }

    /// Renews early, so that a send never waits for it (spec M6).
    ///
    /// - Returns: False when the provider refuses: the next login will fail, so it need not be waited for.
    ///   What fails otherwise is said at the next login.
    func renewIfDue() async -> Bool {
        guard endpoint != nil, tokens?.isDue(at: Date()) ?? false else { return true }
        do throws(MailServerFailure) { _ = try await credential() } catch { return error.retry == .later }
        return true
    }

    private func renewed(
        _ old: OAuthTokens, at endpoint: TokenEndpoint
    ) async throws(MailServerFailure) -> OAuthTokens {
        guard !old.refreshToken.isEmpty else { throw signInNeeded(endpoint) }
        let (id, address, vault, commands) = (id, address, vault, commands)
        let provider = endpoint.client.provider
        // One job: nothing comes between the provider's answer and the write that keeps it.
        return try await pool.run { () throws(MailServerFailure) in
            let answer: TokenAnswer
            do throws(HTTPFailure) {
                answer = try endpoint.ask(
                    endpoint.client.renewal(of: old.refreshToken), refreshToken: old.refreshToken)
            } catch {
                throw MailServerFailure(
                    error.reason == .certificate ? .certificate : .unreachable,
                    "Renewing the sign-in at \(provider): \(error.text)")
            }
            switch answer {
            case .tokens(let tokens, _):
                do { try commands().keep(tokens, of: id, address, in: vault) } catch {
                    throw MailServerFailure(.unreachable, "The renewed sign-in could not be kept")
                }
                return tokens
            case .refused(let refusal):
                throw MailServerFailure(
                    .loginRefused,
                    refusal.sentence(provider: provider, signIn: "purr mailbox sign-in \(address)"))
            case .unusable(let what):
                throw MailServerFailure(.unreachable, "Renewing the sign-in at \(provider): \(what)")
            case .pending, .slowDown:
                throw MailServerFailure(
                    .unreachable, "Renewing the sign-in at \(provider): it asks to wait")
            }
        }
    }

    private func signInNeeded(_ endpoint: TokenEndpoint) -> MailServerFailure {
        MailServerFailure(
            .loginRefused,
            "The mailbox is not signed in at \(endpoint.client.provider). Sign in: purr mailbox sign-in \(address)"
        )
    }
}

extension Session {
    /// What a mailbox logs in with now, for a command that tries it.
    func credential(
        of mailbox: MailboxID?, _ address: EmailAddress, settings: MailboxSettings, secret: Secret,
        vault: Vault
    ) async throws -> Credential {
        guard let mailbox else { return settings.credential(secret) }
        let (store, clock) = (store, clock)
        return try await CredentialKeeper(
            id: mailbox, address: address, settings: settings, secret: secret, vault: vault, folder: folder,
            pool: WorkerPool(name: "sign-in", threads: 1),
            commands: { Commands(store: store, now: clock.virtual(Date())) }
        ).credential()
    }
}
