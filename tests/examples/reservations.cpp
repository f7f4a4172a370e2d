// open_context does not ask whether the lab is reserved: that is the command's concern. A program that wants
// to know asks before it opens anything.
#include <otto/otto.hpp>

#include <iostream>

otto::task<> session(otto::Context& ctx) {
    auto results = co_await ctx.run_on_all_hosts("true");
    std::cout << results.size() << " hosts used\n";
}

void use_lab_as(const std::string& user) {
    otto::Lab lab = otto::load_lab("mylab", otto::LoadOptions().search_path("labs"));
    auto backend = otto::json_reservation_backend("reservations.json");
    otto::check_reservations(lab, user, *backend); // throws, naming resources and holders
    otto::run(otto::open_context(otto::OpenOptions(lab), session));
}

int main() {
    for (const auto* user : {"ana", "lab"}) { // usually otto::current_user()
        try {
            use_lab_as(user);
        } catch (const otto::MissingReservationError& error) {
            for (const auto& missing : error.missing())
                std::cout << user << " lacks " << missing.resource << ", held by " << missing.holders.front()
                          << '\n';
        }
    }
}

// Prints:
//   4 hosts used
//   lab lacks rack3, held by ana
