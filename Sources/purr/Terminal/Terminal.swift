import Foundation

/// What the terminal can do, and writing to it.
enum Terminal {
    static let isInteractive = isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1
    static let hasProgress = isatty(STDERR_FILENO) == 1

    /// How wide what is shown may be: as the terminal is; 100 columns in a file or a pipe.
    ///
    /// Lines wider than 160 are hard to read, and a terminal that says less than 40 is none for tables.
    static let columns = screen ?? 100

    /// The terminal's width; nil where stdout is none.
    static let screen: Int? = {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return min(160, max(40, Int(size.ws_col)))
    }()

    private static let isColourful: Bool = {
        let environment = ProcessInfo.processInfo.environment
        return isatty(STDOUT_FILENO) == 1 && (environment["NO_COLOR"] ?? "").isEmpty
            && environment["TERM"] != "dumb"
    }()

    enum Colour: String {
        case green = "32"
        case red = "31"
        case yellow = "33"
        case grey = "90"
        case bold = "1"
    }

    static func paint(_ text: String, _ colour: Colour?) -> String {
        guard let colour, isColourful, !text.isEmpty else { return text }
        return "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m"
    }

    /// Writes to stderr at once; where that is gone, nobody is there to hear.
    static func say(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }

    /// One line on stderr.
    static func complain(_ sentence: String) {
        say(oneLine(sentence) + "\n")
    }

    /// Shows how far a long piece of work is, over and over on one line; nothing where nobody looks.
    static func progress(_ text: String) {
        guard hasProgress else { return }
        say("\r\u{1B}[K\(text)")
    }

    /// The same text with everything that could move the cursor made visible.
    static func oneLine(_ text: String) -> String {
        var line = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": line += "\\n"
            case "\r": line += "\\r"
            case "\t": line += " "
            default:
                let isControl =
                    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
                    || [0x2028, 0x2029].contains(scalar.value)
                    // What turns the direction of writing can make one word look like another.
                    || (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
                if isControl {
                    line += "\\u{\(String(scalar.value, radix: 16))}"
                } else {
                    line.unicodeScalars.append(scalar)
                }
            }
        }
        return line
    }

    /// As ``oneLine(_:)``, each line for itself.
    static func multiline(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { oneLine(String($0)) }.joined(
            separator: "\n")
    }

    /// Something a user wrote, in quotes, on one line and not too long.
    static func quoted(_ text: String) -> String {
        "\"\(oneLine(text.count > 80 ? String(text.prefix(79)) + "…" : text))\""
    }

    /// Asks for a yes; without a terminal the answer is no.
    static func confirms(_ question: String) -> Bool {
        guard isInteractive else { return false }
        say("\(question) [y/N] ")
        return ["y", "yes"].contains((readLine() ?? "").lowercased())
    }

    /// Reads a secret without showing it; nil without a terminal.
    static func secret(_ prompt: String) -> String? {
        guard isInteractive else { return nil }
        var before = termios()
        guard tcgetattr(STDIN_FILENO, &before) == 0 else { return nil }
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO)
        say(prompt)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        // Ctrl-C would leave a terminal that shows nothing of what is typed.
        let earlier = signal(SIGINT, SIG_IGN)
        let interrupt = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        let shown = before
        interrupt.setEventHandler {
            var shown = shown
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown)
            say("\n")
            exit(130)
        }
        interrupt.activate()
        defer {
            interrupt.cancel()
            signal(SIGINT, earlier)
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
            say("\n")
        }
        return readLine()
    }
}
