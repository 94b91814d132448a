import ArgumentParser
import Foundation
import PurrEngine
import PurrFiles
import PurrMail
import PurrStore
import PurrTemplates

/// How the process ends: one sentence on stderr and a code of `sysexits.h`.
enum Ending {
    static func exit(with error: any Error) -> Never {
        fflush(nil)
        if let (sentence, code) = sentence(for: error) {
            Terminal.complain("purr: \(sentence)")
            Foundation.exit(code)
        }
        let code = Purr.exitCode(for: error)
        let message = Purr.fullMessage(for: error)
        // Help, the version and completion scripts are data; a complaint begins as all of ours do.
        guard !code.isSuccess, message.hasPrefix("Error: ") else { Purr.exit(withError: error) }
        Terminal.say("purr: \(message.dropFirst("Error: ".count))\n")
        Foundation.exit(code.rawValue)
    }

    /// What to say and the code; nil for what the argument parser has to say.
    static func sentence(for error: any Error) -> (text: String, code: Int32)? {
        switch error {
        case let error as CommandError: (error.text, error.kind.rawValue)
        case let error as FileProblem: (error.description, CommandError.Kind.badData.rawValue)
        case let error as TemplateProblem: (error.text, CommandError.Kind.badData.rawValue)
        case let error as StoreError: (error.text, code(of: error.reason).rawValue)
        case let error as MailServerFailure: (error.text, code(of: error.reason).rawValue)
        case is CancellationError: ("Interrupted.", 130)
        default: nil
        }
    }

    private static func code(of reason: StoreError.Reason) -> CommandError.Kind {
        switch reason {
        case .busy, .leaseLost: .tryLater
        case .full: .inputOutput
        case .damaged: .badData
        case .newerSchema: .configuration
        case .noAccess: .noPermission
        case .interrupted, .other: .software
        }
    }

    static func code(of reason: MailServerFailure.Reason) -> CommandError.Kind {
        switch reason {
        case .unreachable, .refused, .protocolViolation: .unavailable
        case .limit, .cancelled: .tryLater
        case .certificate, .noTLS, .configuration: .configuration
        case .loginRefused: .noPermission
        }
    }
}
