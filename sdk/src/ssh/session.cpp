#include "session_hooks.hpp"
#include "waiter.hpp"

#include <otto/sdk/ssh/session.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <mutex>
#include <utility>

namespace otto::sdk {

namespace {

void start_library() {
    static std::once_flag once;
    std::call_once(once, [] { libssh2_init(0); });
}

// A timer that never expires is an event: cancel() wakes who waits. Waiters look at their condition again.
Timer make_event(const asio::any_io_executor& strand, const char* reason) {
    Timer event(strand, reason);
    event.expires_at(Deadline::max());
    return event;
}

std::string reason_of(const std::exception& failure) {
    const auto* system = dynamic_cast<const boost::system::system_error*>(&failure);
    return system ? system->code().message() : failure.what();
}

} // namespace

SshOp::SshOp() = default;
SshOp::~SshOp() = default;

SshSession::SshSession(asio::any_io_executor strand, std::unique_ptr<ByteStream> stream)
    : strand_(std::move(strand))
    , stream_(std::move(stream))
    , in_(input_size)
    , scratch_(input_size)
    , output_ready_(make_event(strand_, "output for the writer"))
    , input_taken_(make_event(strand_, "room for the reader"))
    , output_sent_(make_event(strand_, "the last bytes of a goodbye")) {
    start_library();
    raw_ = libssh2_session_init_ex(&Hooks::on_allocate, &Hooks::on_free, &Hooks::on_reallocate, this);
    if (!raw_) throw std::bad_alloc();
    libssh2_session_set_blocking(raw_, 0);
    libssh2_session_callback_set(raw_, LIBSSH2_CALLBACK_RECV, reinterpret_cast<void*>(&Hooks::on_receive));
    libssh2_session_callback_set(raw_, LIBSSH2_CALLBACK_SEND, reinterpret_cast<void*>(&Hooks::on_send));
}

SshSession::~SshSession() {
    dead_ = true; // the callbacks fail at once, and so freeing needs no peer
    libssh2_session_free(raw_);
}

SshSessionPtr SshSession::start(asio::any_io_executor strand, std::unique_ptr<ByteStream> stream) {
    SshSessionPtr session(new SshSession(std::move(strand), std::move(stream)));
    asio::co_spawn(session->strand_, reader(session), asio::detached);
    asio::co_spawn(session->strand_, writer(session), asio::detached);
    return session;
}

task<long> SshSession::run(std::shared_ptr<SshOp> op) {
    auto start = [self = shared_from_this()](auto handler, std::shared_ptr<SshOp> work) {
        auto slot = asio::get_associated_cancellation_slot(handler);
        if (slot.is_connected()) {
            auto detach = [weak = std::weak_ptr(work), weak_session = std::weak_ptr(self)] {
                const auto found = weak.lock();
                const auto session = weak_session.lock();
                if (!found || !session || !found->waiter_) return;
                found->cancelled_ = true;
                found->cancel();
                std::exchange(found->waiter_, nullptr)->fire(asio::error::operation_aborted, SshOp::again);
                session->pump();
            };
            slot.assign(
                [detach, strand = self->strand_](asio::cancellation_type) { asio::post(strand, detach); });
        }
        work->waiter_ = std::make_unique<HandlerWaiter<decltype(handler)>>(std::move(handler), self->strand_);
        asio::dispatch(self->strand_, [self, work] { self->submit(work); });
    };
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>,
                                            void(boost::system::error_code, long)>(start, asio::use_awaitable,
                                                                                   std::move(op));
}

task<long> SshSession::call(std::function<long()> step, bool droppable) {
    std::shared_ptr<SshOp> op = std::make_shared<SshCall>(std::move(step), droppable);
    co_return co_await run(std::move(op));
}

void SshSession::post(std::shared_ptr<SshOp> op) {
    asio::post(strand_, [self = shared_from_this(), op = std::move(op)] { self->submit(op); });
}

void SshSession::submit(std::shared_ptr<SshOp> op) {
    pending_.push_back(std::move(op));
    pump();
}

void SshSession::pump() {
    pump_again_ = true;
    if (pumping_) return;
    pumping_ = true;
    while (std::exchange(pump_again_, false)) {
        const auto taken_before = taken_;
        step_all();
        take_in_the_rest();
        if (taken_ != taken_before) pump_again_ = true;
    }
    pumping_ = false;
    if (!out_.empty()) output_ready_.cancel();
    if (in_begin_ == in_end_) input_taken_.cancel();
}

void SshSession::step_all() {
    // By index: a step may submit more work.
    for (std::size_t i = 0; i < pending_.size();) {
        const auto op = pending_[i];
        long answer = SshOp::gone;
        if (!dead_) {
            try {
                answer = op->step();
            } catch (const std::exception& failure) {
                lost(reason_of(failure));
            }
            if (answer == SshOp::again && ended_ && in_begin_ == in_end_) answer = SshOp::gone;
        }
        if (answer == SshOp::again) {
            ++i;
            continue;
        }
        pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(i));
        if (op->waiter_) std::exchange(op->waiter_, nullptr)->fire({}, answer);
    }
}

// An idle connection must consume its input, or the server's keepalives go unanswered and it is dropped.
void SshSession::take_in_the_rest() {
    if (in_begin_ == in_end_ || gone()) return;
    if (!channels_.empty()) {
        char nothing = 0;
        libssh2_channel_read_ex(channels_.front().handle, 0, &nothing, 0);
    }
    if (in_begin_ == in_end_ || !logged_in_ || pinging_) return;
    pinging_ = true; // only some call that waits for an answer takes input in when there is no channel
    pending_.push_back(ping());
    pump_again_ = true;
}

std::shared_ptr<SshOp> SshSession::ping() {
    class Ping final : public SshOp {
      public:
        explicit Ping(SshSession& session)
            : session_(session) {}
        long step() override {
            if (!session_.may_open(this, ChannelKind::other)) return again;
            constexpr std::string_view type = "ping@otto";
            (void)libssh2_channel_open_ex(session_.raw(), type.data(), type.size(), 1024, 1024, nullptr, 0);
            const long answer = session_.last_errno();
            if (answer == again) return again;
            session_.open_done(this);
            session_.pinging_ = false;
            return answer == LIBSSH2_ERROR_CHANNEL_FAILURE ? 0 : answer;
        }

      private:
        SshSession& session_; // owns this operation while it is stepped
    };
    return std::make_shared<Ping>(*this);
}

void SshSession::logged_in() {
    logged_in_ = true;
    greeting_ = {};
    pump();
}

std::string SshSession::last_error() const {
    char* text = nullptr;
    libssh2_session_last_error(raw_, &text, nullptr, 0);
    return text ? text : "";
}

// ---- The stream

task<> SshSession::reader(SshSessionPtr self) {
    std::string why = "the server closed the connection";
    try {
        for (;;) {
            const auto space = asio::buffer(self->in_);
            const auto size = co_await self->stream_->read_some(space);
            if (size == 0) break;
            self->in_begin_ = 0;
            self->in_end_ = size;
            self->pump();
            while (self->in_begin_ < self->in_end_ && !self->dead_)
                co_await self->input_taken_.wait();
        }
    } catch (const std::exception& failure) {
        why = reason_of(failure);
    }
    self->lost(std::move(why));
}

task<> SshSession::writer(SshSessionPtr self) {
    std::string why;
    try {
        std::string block;
        for (;;) {
            while (self->out_.empty()) {
                if (self->gone()) co_return;
                co_await self->output_ready_.wait();
            }
            block.clear();
            block.swap(self->out_);
            self->writing_ = true;
            for (std::size_t sent = 0; sent < block.size();) {
                const auto rest = asio::buffer(block.data() + sent, block.size() - sent);
                sent += co_await self->stream_->write_some(rest);
            }
            self->writing_ = false;
            self->output_sent_.cancel();
            self->pump(); // there is room again
        }
    } catch (const std::exception& failure) {
        why = reason_of(failure);
    }
    self->writing_ = false;
    self->lost(std::move(why));
}

void SshSession::lost(std::string why) noexcept {
    if (reason_.empty()) reason_ = std::move(why);
    ended_ = true;
    output_ready_.cancel();
    output_sent_.cancel();
    pump();
    if (logged_in_ && !dead_ && on_lost_) std::exchange(on_lost_, nullptr)(reason_);
}

void SshSession::abort(std::string why) noexcept {
    if (std::exchange(dead_, true)) return;
    if (reason_.empty()) reason_ = std::move(why);
    ended_ = true;
    on_lost_ = nullptr;
    stream_->shut();
    output_ready_.cancel();
    output_sent_.cancel();
    input_taken_.cancel();
    pump();
}

void SshSession::give_up(std::string why) noexcept {
    auto report = std::exchange(on_lost_, nullptr);
    abort(std::move(why));
    if (report) report(reason_);
}

task<> SshSession::disconnect() {
    if (!gone()) {
        on_lost_ = nullptr; // the server hangs up as soon as it has read the goodbye
        std::function<long()> goodbye = [raw = raw_]() -> long {
            return libssh2_session_disconnect_ex(raw, SSH_DISCONNECT_BY_APPLICATION, "done", "");
        };
        co_await call(std::move(goodbye));
        while ((writing_ || !out_.empty()) && !gone())
            co_await output_sent_.wait();
    }
    abort("closed");
}

// ---- Channels

bool SshSession::may_open(const void* who, ChannelKind kind) {
    if (opening_ == who) return true;
    const auto same = [who](const Turn& turn) { return turn.who == who; };
    if (std::none_of(turns_.begin(), turns_.end(), same)) turns_.push_back({who, kind});
    if (opening_) return false;
    const bool full = session_channels() >= channel_limit_;
    const auto next = std::find_if(turns_.begin(), turns_.end(), [full](const Turn& turn) {
        return turn.kind == ChannelKind::other || !full;
    });
    if (next == turns_.end() || next->who != who) return false;
    opening_ = who;
    return true;
}

void SshSession::open_done(const void* who) noexcept {
    if (opening_ == who) opening_ = nullptr;
    std::erase_if(turns_, [who](const Turn& turn) { return turn.who == who; });
    pump_again_ = true;
}

bool SshSession::open_refused(const void* who) noexcept {
    constexpr int patience = 100;
    const bool limit_known = channel_limit_ != SIZE_MAX;
    if ((session_channels() == 0 && !limit_known) || ++refusals_ > patience) {
        open_done(who);
        return false;
    }
    // Learnt once: a server frees a place a moment after it has closed the channel, and refuses in between.
    if (!limit_known) channel_limit_ = session_channels();
    opening_ = nullptr;
    pump_again_ = true;
    return true;
}

void SshSession::add_channel(LIBSSH2_CHANNEL* channel, ChannelKind kind) {
    channels_.push_back({channel, opened_id_, kind, {}});
    refusals_ = 0;
}

void SshSession::drop_channel(LIBSSH2_CHANNEL* channel) noexcept {
    std::erase_if(channels_, [channel](const Channel& known) { return known.handle == channel; });
    pump_again_ = true;
}

std::size_t SshSession::session_channels() const noexcept {
    return static_cast<std::size_t>(
        std::count_if(channels_.begin(), channels_.end(),
                      [](const Channel& channel) { return channel.kind == ChannelKind::session; }));
}

SshExit SshSession::exit_of(LIBSSH2_CHANNEL* channel) const {
    for (const auto& known : channels_) {
        if (known.handle == channel) return known.exit;
    }
    return {};
}

} // namespace otto::sdk
