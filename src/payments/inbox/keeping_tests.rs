use super::*;
use crate::domain::ProviderName;
use crate::server::test_database::temporary;
use crate::server::token;

fn arrival(key: &str, received_at: i64) -> Arrival {
    Arrival {
        id: token::id(),
        provider: ProviderName::Komoju,
        dedupe_key: key.to_owned(),
        event: "payment.captured".to_owned(),
        subject: None,
        body: "{}".to_owned(),
        settled: None,
        received_at,
    }
}

type Answer = tokio::task::JoinHandle<Result<bool, NotKept>>;

/// Lets these arrive while another commit is under way, so that one commit keeps them all.
async fn together(keeping: &Keeping, pool: &AnyPool, arrivals: Vec<Arrival>) -> Vec<Answer> {
    let turn = keeping.0.turn.lock().await;
    let mut answers = Vec::new();
    for arrival in arrivals {
        let (keeping, pool, before) = (keeping.clone(), pool.clone(), answers.len());
        let queue = Arc::clone(&keeping.0);
        answers.push(tokio::spawn(async move { keeping.keep(&pool, arrival).await }));
        while queue.waiting.lock().unwrap().len() == before {
            tokio::task::yield_now().await;
        }
    }
    drop(turn);
    answers
}

async fn count(pool: &AnyPool) -> i64 {
    sqlx::query_scalar("select count(*) from inbox").fetch_one(pool).await.unwrap()
}

async fn run(pool: &AnyPool, statement: &'static str) {
    sqlx::query(statement).execute(pool).await.unwrap();
}

#[tokio::test]
async fn duplicates_in_one_commit_are_kept_once_and_each_sender_is_answered() {
    let (pool, _folder) = temporary().await;
    let keeping = Keeping::default();
    let arrivals = ["b", "a", "b", "b", "c"].map(|key| arrival(key, 1)).into();
    let mut new = 0;
    for answer in together(&keeping, &pool, arrivals).await {
        new += i64::from(answer.await.unwrap().unwrap());
    }
    assert_eq!((new, count(&pool).await), (3, 3));
    assert_eq!(keeping.keep(&pool, arrival("a", 2)).await, Ok(false), "it came before, in another commit");
}

#[tokio::test]
async fn more_notices_than_one_commit_takes_are_all_kept() {
    let (pool, _folder) = temporary().await;
    let keeping = Keeping::default();
    let many = AT_ONCE + 3;
    let arrivals = (0..many).map(|n| arrival(&n.to_string(), 1)).collect();
    for answer in together(&keeping, &pool, arrivals).await {
        assert_eq!(answer.await.unwrap(), Ok(true));
    }
    assert_eq!(count(&pool).await, i64::try_from(many).unwrap());
}

#[tokio::test]
async fn nobody_is_told_of_a_commit_that_failed_and_what_is_sent_again_is_kept() {
    let (pool, _folder) = temporary().await;
    let keeping = Keeping::default();
    run(&pool, "alter table inbox rename to away").await;
    for answer in together(&keeping, &pool, vec![arrival("a", 1), arrival("b", 2)]).await {
        assert_eq!(answer.await.unwrap(), Err(NotKept));
    }
    run(&pool, "alter table away rename to inbox").await;
    assert_eq!(count(&pool).await, 0);
    for answer in together(&keeping, &pool, vec![arrival("a", 3), arrival("b", 4)]).await {
        assert_eq!(answer.await.unwrap(), Ok(true));
    }
}

#[tokio::test]
async fn a_commit_that_fails_in_its_middle_keeps_none() {
    let (pool, _folder) = temporary().await;
    let keeping = Keeping::default();
    // Both engines refuse a second row with the same name.
    let twins = ["a", "b"].map(|key| Arrival { id: "twin".to_owned(), ..arrival(key, 1) });
    for answer in together(&keeping, &pool, twins.into()).await {
        assert_eq!(answer.await.unwrap(), Err(NotKept));
    }
    assert_eq!(count(&pool).await, 0);
}

#[tokio::test]
async fn notices_of_one_commit_are_settled_in_the_order_in_which_they_came() {
    let (pool, _folder) = temporary().await;
    let keeping = Keeping::default();
    let arrivals = [("c", 1), ("a", 2), ("b", 3)].map(|(key, at)| arrival(key, at)).into();
    for answer in together(&keeping, &pool, arrivals).await {
        answer.await.unwrap().unwrap();
    }
    let mut db = pool.acquire().await.unwrap();
    for at in [1, 2, 3] {
        let waiting = notices::claim_next(&mut db, 10, 20).await.unwrap().unwrap();
        assert_eq!(waiting.received_at, at);
    }
}

#[tokio::test]
async fn a_sender_that_hangs_up_takes_nobody_else_along() {
    let (pool, _folder) = temporary().await;
    let keeping = Keeping::default();
    // Another process is about to keep the first one's notice, and makes the commit wait.
    let mut other = pool.begin().await.unwrap();
    notices::insert(&mut other, &[&arrival("a", 0)]).await.unwrap();
    let mut answers = together(&keeping, &pool, vec![arrival("a", 1), arrival("b", 2)]).await;
    while !keeping.waiting().is_empty() {
        tokio::task::yield_now().await;
    }
    let first = answers.remove(0);
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    other.rollback().await.unwrap();
    assert_eq!(answers.remove(0).await.unwrap(), Ok(true));
    assert_eq!(count(&pool).await, 2, "what arrived is kept");
}
