"""Invented people, small enough to be read whole."""

ADA = {
    "profile.md": """\
# Ada Okafor

- **Name:** Ada Okafor
- **Pronouns:** she/her
- **Role:** Backend Engineer

## What She's Good At

- Backend: Go, Rust, gRPC services, event streaming (NATS, RabbitMQ)
- Storage: relational databases (PostgreSQL, MySQL), caching (Redis)

## Working Style

- Documents every decision: context, options, outcome
- Prefers boring technology over clever tricks
- Reviews pull requests within a day
""",
    "tools.md": """\
# Tools

## Infrastructure

**Terraform**
Infrastructure as code. Used to provision three AWS accounts for a payments platform.

**Ansible** (basics)
Read playbooks written by others.

**Prometheus**
Comfortable with alerting rules and recording rules.

## What I Don't Use (But Understand)

**Rust**
Haven't built production services in Rust; I've written two command-line tools.

**GraphQL**
Understand schemas and resolvers, not fluent in the tooling.
""",
}

SAM = {
    "bio.txt": """\
Sam Rivera (they/them) is a data visualisation designer.

They have built election maps for two newspapers. They don't use Tableau.
""",
    "about.md": "---\nname: Sam Rivera\npronouns: they/them\n---\n\n## How they work\n\nSketches first, codes later.\n",
}
