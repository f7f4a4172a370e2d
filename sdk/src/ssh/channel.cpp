#include <otto/error.hpp>
#include <otto/sdk/ssh/channel.hpp>

#include <array>
#include <utility>

namespace otto::sdk {

namespace {

constexpr std::size_t chunk_limit = 256 * 1024; // of both streams in one answer
constexpr std::uint32_t packet_size = 32 * 1024;

// Encoded terminal modes (RFC 4254, section 8): ECHO off, end.
constexpr std::array<char, 6> terminal_modes = {53, 0, 0, 0, 0, 0};

Error lost(const SshSession& session) {
    const auto& reason = session.reason();
    return Error(Errc::closed,
                 "the connection to " + session.peer() + " was lost" + (reason.empty() ? "" : ": " + reason));
}

} // namespace

struct SshChannel::State {
    explicit State(SshSessionPtr owner)
        : session(std::move(owner)) {}
    SshSessionPtr session;
    LIBSSH2_CHANNEL* raw = nullptr;
    bool held = false;

    std::string queue;    // for standard input
    std::size_t sent = 0; // of the queue
    bool end_wanted = false;
    bool sending = false;      // a SendOp is at work
    bool input_broken = false; // the peer takes no more: what is queued is dropped
    bool stop_reading = false;
    bool pause_reading = false;
    bool exit_told = false; // read has returned because of the exit status
    std::string failure;
};

// queued -> opening -> pty -> starting -> done; if nobody waits any more: -> freeing
class SshChannel::OpenOp final : public SshOp {
  public:
    OpenOp(std::shared_ptr<State> state, SshStart start)
        : state_(std::move(state))
        , session_(*state_->session)
        , start_(std::move(start)) {}

    static constexpr long all_held = 1;

    void cancel() override {
        if (phase_ != Phase::queued) return; // what libssh2 has begun is driven to its end
        session_.open_done(this);
        phase_ = Phase::left;
    }

    long step() override {
        for (;;) {
            const auto before = phase_;
            const long answer = step_phase();
            if (answer != 0 || phase_ == Phase::done) return answer;
            if (phase_ == Phase::left) return 0;
            if (phase_ == before) return again;
        }
    }

  private:
    enum class Phase { queued, opening, pty, starting, freeing, done, left };

    // 0 with a new phase: go on at once.
    long step_phase() {
        switch (phase_) {
        case Phase::queued:
            return step_queued();
        case Phase::opening:
            return step_opening();
        case Phase::pty:
            return step_pty();
        case Phase::starting:
            return step_starting();
        case Phase::freeing:
            return step_freeing();
        case Phase::done:
        case Phase::left:
            break;
        }
        return 0;
    }

    long step_queued() {
        if (session_.all_channels_held()) {
            session_.open_done(this);
            return all_held;
        }
        if (!session_.may_open(this, SshSession::ChannelKind::session)) return again;
        phase_ = Phase::opening;
        return 0;
    }

    long step_opening() {
        constexpr std::string_view type = "session";
        state_->raw = libssh2_channel_open_ex(session_.raw(), type.data(), type.size(), start_.window(),
                                              packet_size, nullptr, 0);
        if (!state_->raw) {
            const int reason = session_.last_errno();
            if (reason == again) return again;
            if (reason == LIBSSH2_ERROR_CHANNEL_FAILURE && session_.open_refused(this)) {
                phase_ = Phase::queued;
                if (cancelled()) cancel();
                return 0;
            }
            session_.open_done(this);
            state_->failure = session_.last_error();
            return reason;
        }
        session_.add_channel(state_->raw, SshSession::ChannelKind::session);
        session_.open_done(this);
        if (start_.is_held()) {
            state_->held = true;
            session_.hold_channel(1);
        }
        phase_ = cancelled() ? Phase::freeing : start_.wants_pty() ? Phase::pty : Phase::starting;
        return 0;
    }

    long step_pty() {
        const std::string_view terminal = "dumb";
        const long answer = libssh2_channel_request_pty_ex(
            state_->raw, terminal.data(), static_cast<unsigned>(terminal.size()), terminal_modes.data(),
            static_cast<unsigned>(terminal_modes.size()), 400, 50, 0, 0);
        if (answer == again) return again;
        if (answer < 0) return fail("no terminal");
        phase_ = cancelled() ? Phase::freeing : Phase::starting;
        return 0;
    }

    long step_starting() {
        static constexpr std::array<std::string_view, 3> names = {"exec", "shell", "subsystem"};
        const auto name = names[static_cast<std::size_t>(start_.kind())];
        const auto& argument = start_.argument();
        if (!std::exchange(requested_, true) && start_.start_callback()) start_.start_callback()();
        const long answer = libssh2_channel_process_startup(
            state_->raw, name.data(), static_cast<unsigned>(name.size()),
            argument.empty() ? nullptr : argument.data(), static_cast<unsigned>(argument.size()));
        if (answer == again) return again;
        if (answer < 0) return fail("not started");
        phase_ = cancelled() ? Phase::freeing : Phase::done;
        return 0;
    }

    // Only when nobody waits: otherwise the channel's owner frees it.
    long step_freeing() {
        const long answer = libssh2_channel_free(state_->raw);
        if (answer == again) return again;
        session_.drop_channel(state_->raw);
        if (std::exchange(state_->held, false)) session_.hold_channel(-1);
        state_->raw = nullptr;
        phase_ = Phase::left;
        return 0;
    }

    long fail(const char* what) {
        state_->failure = std::string(what) + ": " + session_.last_error();
        if (!cancelled()) return LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED;
        phase_ = Phase::freeing;
        return 0;
    }

    std::shared_ptr<State> state_;
    SshSession& session_; // kept by the state
    SshStart start_;
    Phase phase_ = Phase::queued;
    bool requested_ = false;
};

// Both streams in one step, or a full one would block the other.
class SshChannel::ReadOp final : public SshOp {
  public:
    explicit ReadOp(std::shared_ptr<State> state)
        : state_(std::move(state)) {}

    long step() override {
        if (cancelled()) return 0; // what libssh2 holds stays there
        const long failure = read_all();
        if (!chunk.output.empty() || !chunk.error_output.empty()) return 0;
        if (failure != 0) return failure;
        auto* raw = state_->raw;
        const auto exit = state_->session->exit_of(raw);
        const bool exited = exit.status || !exit.signal.empty();
        const bool end = libssh2_channel_eof(raw) != 0;
        // The exit status may come after the end of output; the peer's close is the end in any case.
        const bool over = end && (exited || libssh2_channel_wait_closed(raw) != again);
        if (over || state_->stop_reading) {
            chunk.ended = true;
            return 0;
        }
        if (exited && !std::exchange(state_->exit_told, true)) return 0;
        if (std::exchange(state_->pause_reading, false)) return 0;
        return again;
    }

    SshChunk chunk;

  private:
    long read_all() {
        for (;;) {
            const long output = read_stream(0, chunk.output);
            const long error_output = read_stream(SSH_EXTENDED_DATA_STDERR, chunk.error_output);
            if (output < 0 && output != again) return output;
            if (error_output < 0 && error_output != again) return error_output;
            if (output <= 0 && error_output <= 0) return 0;
            if (chunk.output.size() + chunk.error_output.size() >= chunk_limit) return 0;
        }
    }

    long read_stream(int stream, std::string& to) {
        auto& scratch = state_->session->scratch();
        const long got = libssh2_channel_read_ex(state_->raw, stream, scratch.data(), scratch.size());
        if (got > 0) to.append(scratch.data(), static_cast<std::size_t>(got));
        return got;
    }

    std::shared_ptr<State> state_;
};

// Sends the queue, and the end of input if it is wanted. One at a time for a channel.
class SshChannel::SendOp final : public SshOp {
  public:
    explicit SendOp(std::shared_ptr<State> state)
        : state_(std::move(state)) {}

    long step() override {
        const long answer = send_some();
        if (answer == again) return again;
        state_->sending = false;
        return answer;
    }

  private:
    long send_some() {
        auto& state = *state_;
        while (state.raw && state.sent < state.queue.size() && !state.input_broken) {
            if (!state.session->can_write()) return again;
            const long sent = libssh2_channel_write(state.raw, state.queue.data() + state.sent,
                                                    state.queue.size() - state.sent);
            if (sent == again || sent == 0) return again;
            if (sent < 0) state.input_broken = true; // the command closed its input, as `head` does
            if (sent > 0) state.sent += static_cast<std::size_t>(sent);
        }
        state.queue.clear();
        state.sent = 0;
        if (!state.raw || !state.end_wanted || state.input_broken) return 0;
        const long answer = libssh2_channel_send_eof(state.raw);
        if (answer != again) state.end_wanted = false;
        return answer;
    }

    std::shared_ptr<State> state_;
};

SshChannel::SshChannel(std::shared_ptr<State> state)
    : state_(std::move(state)) {}

SshChannel::~SshChannel() {
    auto free = [state = state_]() -> long {
        if (!state->raw) return 0;
        const long answer = libssh2_channel_free(state->raw);
        if (answer == SshOp::again) return answer;
        state->session->drop_channel(state->raw);
        if (std::exchange(state->held, false)) state->session->hold_channel(-1);
        state->raw = nullptr;
        return answer;
    };
    state_->input_broken = true;
    state_->session->post(std::make_shared<SshCall>(std::move(free), false));
}

task<SshChannelPtr> SshChannel::open(SshSessionPtr session, SshStart start) {
    auto state = std::make_shared<State>(session);
    auto op = std::make_shared<OpenOp>(state, std::move(start));
    const long answer = co_await session->run(op);
    SshChannelPtr channel(new SshChannel(state)); // frees what was opened, also on the following ways out
    if (answer != 0) throw open_failure(*session, answer, state->failure);
    co_return channel;
}

Error SshChannel::open_failure(const SshSession& session, long answer, const std::string& why) {
    if (answer == OpenOp::all_held) {
        return Error(Errc::busy,
                     session.peer() + " allows " + std::to_string(session.channel_limit()) +
                         " session(s) on a connection (MaxSessions), and the host's shell holds them")
            .advice("raise MaxSessions on the server, or use run instead of exec");
    }
    if (answer == SshOp::gone || session.gone()) return lost(session);
    return Error(Errc::protocol, session.peer() + " refused a session channel: " + why);
}

task<SshChunk> SshChannel::read() {
    auto op = std::make_shared<ReadOp>(state_);
    const long answer = co_await state_->session->run(op);
    const auto& session = *state_->session;
    if (answer == SshOp::gone || (answer != 0 && session.gone())) throw lost(session);
    if (answer != 0)
        throw Error(Errc::protocol, "reading from " + session.peer() + " failed: " + session.last_error());
    co_return std::move(op->chunk);
}

void SshChannel::send(std::string bytes) {
    if (state_->queue.empty()) {
        state_->queue = std::move(bytes);
    } else {
        state_->queue += bytes;
    }
    if (std::exchange(state_->sending, true)) return;
    state_->session->post(std::make_shared<SendOp>(state_));
}

void SshChannel::send_end() {
    state_->end_wanted = true;
    send({});
}

std::size_t SshChannel::unsent() const noexcept {
    return state_->queue.size() - state_->sent;
}

task<> SshChannel::drain(std::size_t limit) {
    std::function<long()> sent = [state = state_, limit]() -> long {
        return state->queue.size() - state->sent > limit ? SshOp::again : 0;
    };
    const long answer = co_await state_->session->call(std::move(sent), true);
    if (answer != 0) throw lost(*state_->session);
}

SshExit SshChannel::exit() const {
    return state_->raw ? state_->session->exit_of(state_->raw) : SshExit();
}

void SshChannel::stop_reading() {
    state_->stop_reading = true;
    state_->session->pump();
}

void SshChannel::pause_reading() {
    state_->pause_reading = true;
    state_->session->pump();
}

const SshSessionPtr& SshChannel::session() const noexcept {
    return state_->session;
}

LIBSSH2_CHANNEL* SshChannel::raw() const noexcept {
    return state_->raw;
}

} // namespace otto::sdk
