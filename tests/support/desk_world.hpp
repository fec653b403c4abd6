/// The saga's world with the desks on top: a parser that reads what a test writes, vendors, and figures.
#pragma once

#include "intake/approval_desk.hpp"
#include "intake/invoice_desk.hpp"
#include "intake/policy_desk.hpp"
#include "intake/vendor_directory.hpp"
#include "tests/support/saga_world.hpp"

namespace support {

/// One host's desks.
struct Desks {
    Desks(SagaHost& host, const treasurer::payments::Rails& rails, const treasurer::ledger::Assets& assets,
          const treasurer::Clock& clock, treasurer::ParserPort& parser)
        : figures(host.store, assets, clock, {}),
          facts(host.store, figures, rails, assets, clock),
          reader({&parser}, {}),
          vendors(host.store, clock, {"bank"}),
          policy(host.store, clock),
          invoices({host.store, facts, host.saga, host.runner, reader, clock}, {}),
          approvals({host.store, facts, host.saga, host.runner, clock}) {}

    treasurer::treasury::Figures figures;
    treasurer::intake::FactsFinder facts;
    treasurer::intake::DocumentReader reader;
    treasurer::intake::VendorDirectory vendors;
    treasurer::intake::PolicyDesk policy;
    treasurer::intake::InvoiceDesk invoices;
    treasurer::intake::ApprovalDesk approvals;
};

class DeskWorld : public SagaWorld {
public:
    static constexpr const char* wallet = "0x1234567890abcdef1234567890abcdef12345678";

    explicit DeskWorld(const std::string& funds = "100000")
        : SagaWorld(funds), desks(host(), rails, assets, clock, parser) {
        add_vendor("Acme Hosting", wallet);
    }

    std::string add_vendor(const std::string& vendor_name, const std::string& address) {
        treasurer::intake::NewVendor wanted;
        wanted.name = vendor_name;
        wanted.accounts.push_back({"bank", "MNEE", address});
        return executor.await(desks.vendors.add(wanted, "admin", "r-1"))->id;
    }

    struct Text {
        std::string number = "INV-1", amount = "100", vendor = "Acme Hosting", currency = "MNEE", date = "2026-11-01",
                    extra = {};
        std::string written() const {
            std::string out = "seller.name: " + vendor + "\namount_due: " + amount + "\ncurrency: " + currency +
                              "\nissue_date: " + date + "\n";
            if (!number.empty()) out += "invoice_number: " + number + "\n";
            return out + extra;
        }
    };
    treasurer::intake::Submission submission(const std::string& text, const std::string& by = "sue") {
        treasurer::intake::Submission out;
        out.bytes = std::make_shared<const std::string>(text);
        out.submitted_by = by;
        return out;
    }
    treasurer::intake::SubmitResult submit(const Text& text) {
        return executor.await(desks.invoices.submit(submission(text.written())));
    }
    treasurer::intake::SubmitResult submit_raw(const std::string& text) {
        return executor.await(desks.invoices.submit(submission(text)));
    }

    treasurer::Approval approval(const std::string& id) {
        return **executor.await(host().store.find<treasurer::Approval>(id));
    }
    treasurer::intake::ApprovalResult approve(const std::string& id, const std::string& by = "anna") {
        return executor.await(
            desks.approvals.approve({.approval_id = id, .by = by, .payload_hash = approval(id).payload_hash}));
    }

    LineParser parser;
    Desks desks;
};

}  // namespace support
